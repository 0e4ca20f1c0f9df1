"""What ledgers contributes to the product."""

from saas.ledgers import models
from saas.kernel.module import Module

MODULE = Module("ledgers", tables=models)
