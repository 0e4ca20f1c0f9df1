"""What checklists contributes to the product."""

from saas.checklists import models
from saas.kernel.module import Module

MODULE = Module("checklists", tables=models)
