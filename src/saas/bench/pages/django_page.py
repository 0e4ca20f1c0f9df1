"""The second peer: Django with its ORM and its Jinja2 backend, over the same tables, as one WSGI application."""

from __future__ import annotations

from typing import Any

import django
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.urls import path
from sqlalchemy import make_url

import saas.app  # noqa: F401 - composes the modules, for the side bar
from saas.bench.pages import statements
from saas.bench.pages.shown import NEAR, Named, Read, key_of, values
from saas.cases.workflow import OPEN
from saas.kernel import clock
from saas.kernel.config import activate, settings_from
from saas.kernel.i18n import Text
from saas.kernel.pages import environment
from saas.kernel.web import DoorSettings

settings = activate(settings_from())
door = DoorSettings(settings.derive("csrf"), hsts=False)
url = make_url(settings.app_database_url)
environment().auto_reload = False


def jinja(**_options: Any) -> Any:
    """Django's backend takes the environment from here: templates, filters and translations as ours."""
    return environment()


django_settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=settings.secret_key,
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.database,
            "USER": url.username,
            "PASSWORD": url.password,
            "HOST": url.query.get("host") or url.host,
            "PORT": url.port or "",
            "CONN_MAX_AGE": None,
        }
    },
    TEMPLATES=[
        {"BACKEND": "django.template.backends.jinja2.Jinja2", "OPTIONS": {"environment": f"{__name__}.jinja"}},
    ],
)
django.setup()


class Person(models.Model):  # type: ignore[misc] # Django has no types
    id = models.UUIDField(primary_key=True)
    locale = models.CharField()
    theme = models.CharField()

    class Meta:
        managed, db_table, app_label = False, "people", "bench"


class Session(models.Model):  # type: ignore[misc]
    id = models.UUIDField(primary_key=True)
    token_hash = models.CharField()
    person = models.ForeignKey(Person, models.DO_NOTHING)
    ended_at = models.DateTimeField(null=True)
    needs_second_factor = models.BooleanField()

    class Meta:
        managed, db_table, app_label = False, "sessions", "bench"


class Firm(models.Model):  # type: ignore[misc]
    id = models.UUIDField(primary_key=True)
    slug = models.CharField()
    code = models.CharField()
    name = models.CharField()
    name_en = models.CharField()
    kind = models.CharField()
    replaying = models.BooleanField()
    support_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        managed, db_table, app_label = False, "firms", "bench"


class Membership(models.Model):  # type: ignore[misc]
    id = models.UUIDField(primary_key=True)
    firm_id = models.UUIDField()
    person_id = models.UUIDField()
    name = models.CharField()
    roles = models.JSONField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        managed, db_table, app_label = False, "memberships", "bench"


class Client(models.Model):  # type: ignore[misc]
    id = models.UUIDField(primary_key=True)
    firm_id = models.UUIDField()
    name = models.CharField()
    name_en = models.CharField()

    class Meta:
        managed, db_table, app_label = False, "clients", "bench"


class Case(models.Model):  # type: ignore[misc]
    id = models.UUIDField(primary_key=True)
    firm_id = models.UUIDField()
    number = models.CharField()
    title_parts = models.JSONField(db_column="title")
    severity = models.CharField()
    rule = models.CharField()
    period = models.CharField()
    client_id = models.UUIDField()
    owner_id = models.UUIDField(null=True)
    state = models.CharField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        managed, db_table, app_label = False, "cases", "bench"

    @property
    def title(self) -> Text:
        return Text.restore(self.title_parts)


def index(request: HttpRequest, slug: str) -> HttpResponse:
    with transaction.atomic():
        read = _read(key_of(request.COOKIES, door), slug)
    if read is None:
        return HttpResponse(status=404)
    answer = HttpResponse(get_template("cases/index.html").render(values(read, request.path, door)))
    answer["Content-Length"] = str(len(answer.content))
    return answer


def _read(key: str, slug: str) -> Read | None:
    session = Session.objects.select_related("person").filter(token_hash=key, ended_at=None).first()
    firm = Firm.objects.filter(slug=slug, closed_at=None).first()
    if session is None or session.needs_second_factor or firm is None:
        return None
    about: dict[str, Any] = {"firm": str(firm.id), "person": str(session.person_id)}
    _asked(statements.SCOPE, about)
    member = Membership.objects.filter(firm_id=firm.id, person_id=session.person_id, left_at=None).first()
    if member is None:
        return None
    rows = list(
        Case.objects.filter(firm_id=firm.id, state__in=OPEN).order_by(
            models.F("closed_at").desc(nulls_first=True), models.F("due_at").asc(nulls_last=True), "id"
        )[:50]
    )
    counted = [(name, value, n) for name, value, n in _asked(statements.COUNTS, about)]
    shown = {value for name, value, _n in counted if name == "client_id"}
    clients = Client.objects.filter(firm_id=firm.id, id__in=shown)
    now = clock.now()
    about |= {"member": member.id, "roles": list(member.roles), "soon": now + NEAR}
    [side] = _asked(statements.SIDE, about)
    who = {
        **{name: getattr(firm, name) for name in ("slug", "code", "name", "name_en", "kind", "replaying")},
        "support_until": firm.support_until,
        "token_hash": session.token_hash,
        "person_id": session.person_id,
        "locale": session.person.locale,
        "theme": session.person.theme,
    }
    return Read(
        who, member.id, member.name, frozenset(member.roles), rows,
        {client.id: Named(client.name, client.name_en) for client in clients},
        {one.id: Named(one.name) for one in Membership.objects.filter(firm_id=firm.id)},
        counted, dict(zip(statements.SIDE_NAMES, side, strict=True)), now,
    )  # fmt: skip


def _asked(sql: str, about: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statements.for_django(sql), about)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


urlpatterns = [path("f/<str:slug>/cases", index)]
application = get_wsgi_application()
