"""清账 Qingzhang: the multi-tenant product of bookkeeping firms."""
