"""What notices contributes to the product."""

from saas.notices import models
from saas.kernel.module import Module

MODULE = Module("notices", tables=models)
