"""What the router itself must keep to; tests/trust/test_matrix.py asks every route as every kind of visitor."""

from __future__ import annotations

from litestar import Litestar

from saas.app import composed, routes
from saas.kernel.web import MEMBER, PUBLIC, SIGNED_IN


def test_every_permission_is_granted_to_somebody(app: Litestar) -> None:
    granted = {grant.permission for grant in composed.grants} | {PUBLIC, SIGNED_IN, MEMBER}
    asked = {str(handler.opt["permission"]) for _method, path, handler in routes(app) if "{slug" in path}
    assert asked - granted == set()
