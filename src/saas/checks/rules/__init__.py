"""The anomaly rules, by subject; `saas.checks.catalogue` collects them."""
