"""What cases contributes to the product."""

from saas.cases import models
from saas.kernel.module import Module

MODULE = Module("cases", tables=models)
