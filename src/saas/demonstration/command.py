"""`saas demo load`: the demo firm, replayed once into this database, and the sign-ins of its people."""

from __future__ import annotations

import sys
from base64 import b32encode
from typing import Annotated

import typer
from rich.console import Console

from saas.demo.tenant import Tenant
from saas.demo.tenant import load as read_tenant
from saas.kernel.access import ROLES
from saas.kernel.config import Settings, activate, settings_from
from saas.kernel.i18n import _, reader

demo = typer.Typer(name="demo", help="The demo firm.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(demo)


@demo.callback()
def of_the_demo() -> None:
    """A callback keeps the name of a single command."""


@demo.command("load")
def load_demo(
    only: Annotated[str, typer.Option(help="Short names of clients, separated by commas; for developers.")] = "",
) -> None:
    """Load the demo firm, or what is missing of it, and say how to sign in. Loading again adds nothing."""
    # the whole application, which the other commands do without
    from saas.demonstration.loading import load_into

    settings, tenant, console = activate(settings_from()), read_tenant(), Console(highlight=False)
    wanted = frozenset(name.strip() for name in only.split(",") if name.strip())
    say_sign_ins(settings, tenant, console)
    sys.exit(load_into(settings, tenant, wanted, password_of(settings, tenant), console))


def password_of(settings: Settings, tenant: Tenant) -> str:
    """The one in the demo's data; where strangers can reach the pages, one that only this deployment knows."""
    if not settings.secure:
        return tenant.firm.password
    secret = b32encode(settings.derive("demo password")).decode().lower()
    return "-".join(secret[at : at + 5] for at in range(0, 20, 5))


def say_sign_ins(settings: Settings, tenant: Tenant, console: Console) -> None:
    english = reader() == "en"
    console.print(f"  {_('Sign in to the demo firm as:')}", markup=False)
    for colleague in tenant.staff:
        name = colleague.name_en if english else colleague.name
        console.print(f"    {colleague.email}  {name} · {ROLES[colleague.role]}", markup=False)
    password = password_of(settings, tenant)
    console.print(f"  {_('The password of each of them: %(password)s', password=password)}", markup=False)
