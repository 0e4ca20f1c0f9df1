"""What checks contributes to the product."""

from saas.checks import models
from saas.kernel.module import Module

MODULE = Module("checks", tables=models)
