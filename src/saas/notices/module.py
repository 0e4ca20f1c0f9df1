"""What notices contributes to the product."""

from saas.kernel.module import Module
from saas.notices import models

MODULE = Module("notices", tables=models)
