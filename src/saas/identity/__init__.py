"""Identity: people, their credentials and sessions, and the firms they are members of."""

from saas.identity import pages
from saas.kernel.module import Module

MODULE = Module("identity", routes=pages.ROUTES)
