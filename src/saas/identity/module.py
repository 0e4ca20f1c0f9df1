"""What identity contributes to the product."""

from saas.identity import models, pages
from saas.kernel.module import Module

MODULE = Module("identity", tables=models, routes=pages.ROUTES)
