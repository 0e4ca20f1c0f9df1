"""What risks contributes to the product."""

from saas.risks import models
from saas.kernel.module import Module

MODULE = Module("risks", tables=models)
