"""/metrics for the monitor, the alert rules on it, and the rotation of the secret."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import yaml
from alembic.script import ScriptDirectory
from arq.connections import ArqRedis
from litestar.testing import AsyncTestClient
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas import keys
from saas import metrics as monitor
from saas.api.models import WebhookEndpoint
from saas.api.webhooks import signing
from saas.app import create_app, guards
from saas.identity import factor
from saas.identity.models import Person
from saas.kernel import metrics, schema, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings, activate
from saas.kernel.db import Database
from saas.kernel.metrics import Family, Figures
from saas.kernel.outbox import Outbox
from saas.kernel.secrets import FieldCipher, key_id
from saas.refunds.payment import payees
from saas.refunds.payment.payment_models import Payee
from tests.cast import Browser, Cast

ROOT = Path(__file__).parents[2]
TOKEN = "monitor-0123456789"
LINE = re.compile(r'^(qz_[a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+\})? -?[0-9.e+]+$')
ACCOUNT = "6222021234567890"
NEXT = "the-next-secret-of-this-deployment-0123456789"


async def text_of(settings: Settings) -> str:
    app = create_app(dataclasses.replace(settings, metrics_token=TOKEN))
    async with AsyncTestClient(app) as client:
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/metrics", headers={"authorization": "Bearer wrong"})).status_code == 404
        answer = await client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return answer.text


def value(found: str, line: str) -> float:
    return float(next(row for row in found.splitlines() if row.startswith(line + " ")).rpartition(" ")[2])


async def test_figures_of_requests_jobs_workers_and_database(
    settings: Settings,
    valkey: str,
    redis: ArqRedis,
    database: Database,
    cast: Cast,
    as_person: Callable[[str], Awaitable[Browser]],
) -> None:
    paula = await as_person("paula")
    await paula.get(f"/f/{cast.firm.slug}/clients")
    await paula.get("/no-such-page")
    now = datetime.now(UTC)
    async with database.transaction(tenancy.firm(cast.firm.id)) as session:
        for dead, ago in ((False, 400), (True, 5000)):
            session.add(Outbox(job="notices.render", kind="heavy", args={}, created_at=now, dead=dead,
                               due_at=now - timedelta(seconds=ago)))  # fmt: skip
    worker = Figures()
    worker.kind, worker.worker = "heavy", "host:1"
    worker.attempted("heavy", "notices.render", "failed", 0.5)
    await redis.sadd(metrics.WORKERS, "saas:workers:light:gone:1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "figures", worker)
        patch.setattr(metrics, "LIFE", 600)  # the machine may be slow
        await metrics.publish(redis)
    found = await text_of(dataclasses.replace(settings, redis_url=valkey))
    assert [row for row in found.splitlines() if not row.startswith("#") and not LINE.match(row)] == []
    declared = [row.split()[2] for row in found.splitlines() if row.startswith("# TYPE")]
    assert declared == [family.name for family in monitor.FAMILIES], "each family once"
    assert value(found, 'qz_http_requests_total{method="GET",route="/f/{slug}/clients",status="200"}') >= 1
    assert value(found, 'qz_http_requests_total{method="GET",route="(none)",status="404"}') >= 1
    assert value(found, 'qz_http_request_seconds_bucket{route="/f/{slug}/clients",le="+Inf"}') >= 1
    assert value(found, 'qz_jobs{kind="heavy",state="dead"}') == 1
    assert 400 <= value(found, 'qz_jobs_oldest_seconds{kind="heavy"}') < 460
    assert (value(found, 'qz_workers{kind="heavy"}'), value(found, 'qz_workers{kind="light"}')) == (1, 0)
    assert 'qz_jobs_run_total{worker="host:1",kind="heavy",job="notices.render",outcome="failed"} 1' in found
    assert (value(found, 'qz_up{part="database"}'), value(found, 'qz_up{part="redis"}')) == (1, 1)
    assert value(found, "qz_sessions") >= 1
    person = cast.persons["paula"]
    for name in (cast.firm.slug, cast.firm.name, str(cast.firm.id), person.email, person.name):
        assert name not in found


async def test_parts_that_are_away_show(settings: Settings) -> None:
    gone = dataclasses.replace(settings, redis_url="redis://127.0.0.1:1")
    assert value(await text_of(gone), 'qz_up{part="redis"}') == 0


@pytest.mark.parametrize(
    ("host", "headers", "token", "may"),
    [
        ("127.0.0.1", {}, "", True),
        ("::1", {}, TOKEN, True),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, "", False),  # through a proxy on this machine
        ("10.0.0.7", {}, "", False),
        ("10.0.0.7", {"authorization": "Bearer "}, "", False),
        ("10.0.0.7", {"authorization": f"Bearer {TOKEN}"}, TOKEN, True),
        ("10.0.0.7", {"authorization": TOKEN}, TOKEN, False),
    ],
)
def test_only_the_machine_itself_or_the_token_may_read(
    host: str, headers: dict[str, str], token: str, may: bool
) -> None:
    assert monitor.admitted(host, headers, token) is may


def names_of(families: tuple[Family, ...]) -> dict[str, set[str]]:
    """Every name that a rule may ask for, with its labels."""
    found = {}
    for family in families:
        tails = ("_bucket", "_sum", "_count") if family.kind == "histogram" else ("",)
        for tail in tails:
            found[family.name + tail] = {*family.labels, *(("le",) if tail == "_bucket" else ())}
    return found


def test_every_alert_asks_for_figures_and_labels_that_exist() -> None:
    groups = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    known = names_of(monitor.FAMILIES)
    assert len(rules) >= 15
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert {"summary", "action"} <= set(rule["annotations"])
        expression = rule["expr"]
        assert expression.count("(") == expression.count(")")
        assert set(re.findall(r"\bqz_\w+", expression)) <= set(known)
        for name, labels in re.findall(r"\b(qz_\w+)\{([^}]*)\}", expression):
            assert {part.partition("=")[0] for part in labels.split(",")} <= known[name], rule["alert"]
    asked = {name for rule in rules for name in re.findall(r"\bqz_\w+", rule["expr"])}
    assert {"qz_jobs", "qz_workers", "qz_up", "qz_deliveries", "qz_backup_streams", "qz_http_requests_total"} <= asked


async def test_a_migration_gives_way_and_finishes_when_the_lock_is_free(settings: Settings, database: Database) -> None:
    """Somebody reads a table for long; others get their pages meanwhile, and the migration waits its turn."""
    owner = create_async_engine(settings.database_url, poolclass=NullPool)
    newest = ScriptDirectory.from_config(schema.alembic_config()).get_current_head()
    async with owner.begin() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
        await connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})
    longest = 0.0
    async with owner.connect() as reader:
        await reader.execute(text("SELECT count(*) FROM clients"))  # its lock is held until the transaction's end
        migrating = asyncio.create_task(schema.migrate(settings, guards()))
        while longest < 0.2 or not migrating.done():
            begun = time.monotonic()
            async with database.transaction(tenancy.PLATFORM) as session:
                await session.execute(text("SELECT count(*) FROM clients"))
            longest = max(longest, time.monotonic() - begun)
            if reader.in_transaction() and longest >= 0.2:  # it has stood in line, and given way
                assert not migrating.done()
                await reader.rollback()
    await owner.dispose()
    await migrating
    assert 0.2 <= longest < 30


async def sealed_things(settings: Settings, cast: Cast) -> tuple[UUID, UUID]:
    """A webhook and a payee, put there past the guards: what matters is how they are sealed."""
    firm, now = cast.firm.id, datetime.now(UTC)
    hook, payee = WebhookEndpoint(firm_id=firm, id=uuid4()), Payee(firm_id=firm, id=uuid4())
    cipher = FieldCipher(settings.secret_key)
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(insert(WebhookEndpoint).values(
            firm_id=firm, id=hook.id, url="https://x.example", events=[], made_by=uuid4(), made_at=now,
            secret_sealed=cipher.encrypt("the webhook's", hook.place)))  # fmt: skip
        await connection.execute(insert(Payee).values(
            firm_id=firm, id=payee.id, refund_id=uuid4(), holder="许承泽", bank="工行", account_tail="7890",
            account_sealed=cipher.encrypt(ACCOUNT, payee.place), account_mark="0" * 64, written_at=now, usable_at=now,
        ))  # fmt: skip
    await engine.dispose()
    return hook.id, payee.id


async def test_a_new_secret_seals_every_field_again(settings: Settings, database: Database, cast: Cast) -> None:
    """Second factor, account with its fingerprint and webhook's secret open before, between and after."""
    assert {f"{p.table.name}.{p.column.name}" for p in keys.places()} >= {
        "people.totp_secret", "refund_payees.account_sealed", "webhook_endpoints.secret_sealed", "drills.sealed"
    }  # fmt: skip
    hook_id, payee_id = await sealed_things(settings, cast)
    async with database.transaction(tenancy.PLATFORM) as session:
        person = await session.get_one(Person, cast.persons["paula"].id)
        factor.begin(person)
        picture = factor.picture(person)

    async def opened() -> tuple[object, ...]:
        async with database.transaction(tenancy.firm(cast.firm.id)) as session:
            person = await session.get_one(Person, cast.persons["paula"].id)
            hook = await session.get_one(WebhookEndpoint, (cast.firm.id, hook_id))
            payee = await session.get_one(Payee, (cast.firm.id, payee_id))
            secret = signing.cipher().decrypt(hook.secret_sealed, hook.place)
            assert payees.opened(payee) == ACCOUNT
            return secret, factor.picture(person), payee.account_mark == payees.fingerprint(ACCOUNT)

    rotating = dataclasses.replace(settings, secret_key=NEXT, former_secret_keys=(settings.secret_key,))
    try:
        activate(rotating)
        assert await opened() == ("the webhook's", picture, False), "both secrets open while it lasts"
        assert set(await keys.needed(rotating)) == {key_id(settings.secret_key)}
        done = await keys.rotated(rotating)
        assert (done.again.total(), done.current.total(), done.shut) == (3, 0, [])
        assert set(await keys.needed(rotating)) == {key_id(NEXT)}
        activate(dataclasses.replace(settings, secret_key=NEXT))
        assert await opened() == ("the webhook's", picture, True), "without the former one, fingerprints too"
        again = await keys.rotated(rotating)
        assert (again.again.total(), again.current.total()) == (0, 3)
        async with database.transaction(tenancy.firm(cast.firm.id)) as session:
            told = (
                await session.scalars(select(AuditEntry).where(AuditEntry.action == "operations.rotate_keys"))
            ).all()
        assert [entry.detail for entry in told] == [{"rows": 1}] * 2, "a webhook and an account; people have no firm"
        stranger = await keys.rotated(dataclasses.replace(settings, secret_key=NEXT[::-1]))
        assert (stranger.again.total(), len(stranger.shut)) == (0, 3), "nothing is lost when a secret is missing"
    finally:
        activate(settings)
        await keys.rotated(dataclasses.replace(settings, former_secret_keys=(NEXT,)))  # and the roles' passwords back
