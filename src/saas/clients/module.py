"""What clients contributes to the product."""

from saas.clients import models
from saas.kernel.module import Module

MODULE = Module("clients", tables=models)
