"""What surveys contributes to the product."""

from saas.surveys import models
from saas.kernel.module import Module

MODULE = Module("surveys", tables=models)
