"""What training contributes to the product."""

from saas.kernel.module import Module
from saas.training import models

MODULE = Module("training", tables=models)
