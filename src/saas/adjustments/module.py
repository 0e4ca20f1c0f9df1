"""What adjustments contributes to the product."""

from saas.adjustments import models
from saas.kernel.module import Module

MODULE = Module("adjustments", tables=models)
