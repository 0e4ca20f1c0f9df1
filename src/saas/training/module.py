"""What training contributes to the product."""

from saas.training import models
from saas.kernel.module import Module

MODULE = Module("training", tables=models)
