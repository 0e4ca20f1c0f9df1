"""What the demo contributes to the product: the table of its replay, and the progress shown while it is loading."""

from saas.demo import models, progress
from saas.kernel.module import Module

MODULE = Module("demo", tables=models, routes=progress.ROUTES)
