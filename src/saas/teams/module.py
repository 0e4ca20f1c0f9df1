"""What teams contributes to the product."""

from saas.kernel.module import Module
from saas.teams import models

MODULE = Module("teams", tables=models)
