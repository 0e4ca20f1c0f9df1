"""What improvement contributes to the product."""

from saas.improvement import models
from saas.kernel.module import Module

MODULE = Module("improvement", tables=models)
