"""What services contributes to the product."""

from saas.kernel.module import Module
from saas.services import models

MODULE = Module("services", tables=models)
