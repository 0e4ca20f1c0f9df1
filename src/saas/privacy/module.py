"""What privacy contributes to the product."""

from __future__ import annotations

from saas.kernel.module import Module
from saas.privacy import models

MODULE = Module("privacy", tables=models, guards="guards.sql")
