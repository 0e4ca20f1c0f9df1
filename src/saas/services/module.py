"""What services contributes to the product."""

from saas.services import models
from saas.kernel.module import Module

MODULE = Module("services", tables=models)
