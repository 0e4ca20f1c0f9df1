"""What tasks contributes to the product."""

from saas.tasks import models
from saas.kernel.module import Module

MODULE = Module("tasks", tables=models)
