"""What risks contributes to the product."""

from saas.kernel.module import Module
from saas.risks import models

MODULE = Module("risks", tables=models)
