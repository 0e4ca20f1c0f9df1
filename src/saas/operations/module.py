"""What the operator's room contributes to the product."""

from __future__ import annotations

from saas.kernel.module import Module
from saas.operations import models

MODULE = Module("operations", tables=models)
