"""What teams contributes to the product."""

from saas.teams import models
from saas.kernel.module import Module

MODULE = Module("teams", tables=models)
