"""Settings from the environment, read once and checked before anything starts."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal, cast
from urllib.parse import quote, urlsplit

from sqlalchemy.engine import URL, make_url

from saas.kernel import clock
from saas.kernel.i18n import Text, _

Environment = Literal["development", "production", "test"]
OWNER_ROLE, APP_ROLE, RELAY_ROLE = "qz_owner", "qz_app", "qz_relay"
POSTGRES = ("postgresql", "postgres", "postgresql+asyncpg")
SCHEMES = {
    "SAAS_PUBLIC_URL": ("http", "https"),
    "SAAS_DATABASE_URL": POSTGRES,
    "SAAS_OWNER_DATABASE_URL": POSTGRES,
    "SAAS_BACKUP_DATABASE_URL": POSTGRES,
    "SAAS_APP_DATABASE_URL": POSTGRES,
    "SAAS_RELAY_DATABASE_URL": POSTGRES,
    "SAAS_REDIS_URL": ("redis", "rediss", "unix"),
    "SAAS_FILES_URL": ("s3", "file"),
    "SAAS_SMTP_URL": ("smtp", "smtps", "smtp+unix"),
    "SAAS_LMTP": ("lmtp", "lmtp+unix"),
}
OWN_RETURNS = "returns.qingzhang.localhost"  # of an installation that catches its mail itself
DOMAIN = re.compile(r"(?=.{4,120}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])")
JOBS_KEPT_DAYS = 30
LONGEST_SOCKET = 100  # the kernel takes 107 bytes for the path of a unix socket


class SettingsError(Exception):
    """The environment cannot be used as it stands. Each fault is a sentence that says what to set."""

    def __init__(self, faults: list[Text]) -> None:
        super().__init__(*(fault.msgid for fault in faults))
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


@dataclass(frozen=True)
class Settings:
    """What a process needs to know of its surroundings. A part that no URL was given for is the embedded one."""

    env: Environment
    data_dir: Path
    secret_key: str = field(repr=False)
    public_url: str
    database_url: str = field(repr=False)  # the owner's: migrations and keys; "" where nobody may be it
    app_database_url: str = field(repr=False)
    relay_database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    mail_from: str
    files_url: str  # S3-compatible storage, empty for a folder beside the other data
    embedded_database: bool
    embedded_redis: bool
    embedded_smtp: bool
    jobs_kept_days: int = JOBS_KEPT_DAYS  # how long the outbox remembers what is done
    former_secret_keys: tuple[str, ...] = field(default=(), repr=False)  # open what they sealed, until all is rotated
    metrics_token: str = field(default="", repr=False)  # who may read /metrics from elsewhere; without it only loopback
    webhook_networks: tuple[str, ...] = ()  # inner networks whose programs may be told of events; else public ones only
    return_domain: str = ""  # where bounces and replies of letters come back to; empty: to the firm's own address
    lmtp_url: str = ""  # where `saas worker lmtp` takes them in
    backup_database_url: str = field(default="", repr=False)  # reads every firm; only where backups run

    @property
    def secure(self) -> bool:
        """Behind TLS, where HSTS may be sent and the server may listen to more than localhost."""
        return self.public_url.startswith("https://")

    @cached_property
    def run_dir(self) -> Path:
        """Where the sockets and process ids of embedded parts are; 0700, made by whoever starts them."""
        return run_dir(self.data_dir)

    @property
    def mailbox_dir(self) -> Path:
        return self.data_dir / "mailbox"

    @property
    def scratch_dir(self) -> Path:
        """For files that are being made: on the disk of the data, since /tmp often is memory."""
        return self.data_dir / "scratch"

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def owner_url(self) -> str:
        """For what only the owner of the database may do; SettingsError in a process that was not told how."""
        if not self.database_url:
            raise SettingsError([_("SAAS_OWNER_DATABASE_URL is missing: only the owner of the database may do this.")])
        return self.database_url

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose, so that no two uses share the secret itself."""
        return hmac.new(self.secret_key.encode(), purpose.encode(), hashlib.sha256).digest()


def settings_from(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment; SettingsError lists every fault at once."""
    env = os.environ if environ is None else environ
    kind = env.get("SAAS_ENV") or "development"
    data_dir = Path(env.get("SAAS_DATA_DIR") or "var").resolve()
    faults = _faults(env, kind)
    if faults:
        raise SettingsError(faults)
    secret = env.get("SAAS_SECRET_KEY") or _development_secret(data_dir)
    sockets = run_dir(data_dir)
    place = env.get("SAAS_DATABASE_URL") or f"postgresql://{OWNER_ROLE}@/qingzhang?host={quote(str(sockets))}"
    owner = env.get("SAAS_OWNER_DATABASE_URL") or ("" if kind == "production" else place)
    return Settings(
        env=cast(Environment, kind),
        data_dir=data_dir,
        secret_key=secret,
        public_url=(env.get("SAAS_PUBLIC_URL") or "http://localhost:8000").rstrip("/"),
        database_url=_asyncpg(owner).render_as_string(hide_password=False) if owner else "",
        app_database_url=_role_url(env.get("SAAS_APP_DATABASE_URL"), place, APP_ROLE, secret),
        relay_database_url=_role_url(env.get("SAAS_RELAY_DATABASE_URL"), place, RELAY_ROLE, secret),
        backup_database_url=env.get("SAAS_BACKUP_DATABASE_URL", ""),
        redis_url=env.get("SAAS_REDIS_URL") or f"unix://{sockets}/valkey.sock",
        smtp_url=env.get("SAAS_SMTP_URL") or f"smtp+unix://{sockets}/smtp.sock",
        mail_from=env.get("SAAS_MAIL_FROM") or "清账 Qingzhang <noreply@qingzhang.localhost>",
        files_url=env.get("SAAS_FILES_URL", ""),
        embedded_database=not env.get("SAAS_DATABASE_URL"),
        embedded_redis=not env.get("SAAS_REDIS_URL"),
        embedded_smtp=not env.get("SAAS_SMTP_URL"),
        jobs_kept_days=int(env.get("SAAS_JOBS_KEPT_DAYS") or JOBS_KEPT_DAYS),
        former_secret_keys=tuple(env.get("SAAS_FORMER_SECRET_KEYS", "").split()),
        metrics_token=env.get("SAAS_METRICS_TOKEN", ""),
        webhook_networks=tuple(env.get("SAAS_WEBHOOK_NETWORKS", "").replace(",", " ").split()),
        return_domain=(env.get("SAAS_RETURN_DOMAIN") or ("" if env.get("SAAS_SMTP_URL") else OWN_RETURNS)).lower(),
        lmtp_url=env.get("SAAS_LMTP") or f"lmtp+unix://{sockets}/lmtp.sock",
    )


def as_role(url: str, role: str, secret: str) -> str:
    """The same database seen by another role, whose password is derived from the secret."""
    return _asyncpg(url).set(username=role, password=role_password(role, secret)).render_as_string(False)


def _role_url(given: str | None, place: str, role: str, secret: str) -> str:
    return _asyncpg(given).render_as_string(hide_password=False) if given else as_role(place, role, secret)


def role_password(role: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"role {role}".encode(), hashlib.sha256).hexdigest()


def run_dir(data_dir: Path) -> Path:
    """Beside the data where the path is short enough for a socket, else under the temporary folder or under /tmp."""
    name = f"saas-{os.getuid()}-{hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]}"
    places = (data_dir / "run", Path(tempfile.gettempdir()) / name, Path("/tmp") / name)  # noqa: S108 - made private
    return next((place for place in places if len(str(place / ".s.PGSQL.5432")) <= LONGEST_SOCKET), places[-1])


def _asyncpg(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+asyncpg")


def _faults(env: Mapping[str, str], kind: str) -> list[Text]:
    faults = []
    if kind not in ("development", "production", "test"):
        faults.append(_("SAAS_ENV is %(kind)s: set it to development, production or test.", kind=kind))
    faults += _secret_faults(env.get("SAAS_SECRET_KEY", ""), production=kind == "production")
    faults += [fault for name, schemes in SCHEMES.items() for fault in _scheme_fault(env, name, schemes)]
    kept = env.get("SAAS_JOBS_KEPT_DAYS") or str(JOBS_KEPT_DAYS)
    if not (kept.isascii() and kept.isdigit() and 1 <= int(kept) <= 3650):
        faults.append(_("SAAS_JOBS_KEPT_DAYS is %(days)s: set it to a number of days, 1 to 3650.", days=kept))
    faults += [
        _("SAAS_WEBHOOK_NETWORKS holds %(network)s: write networks like 192.168.10.0/24, with commas.", network=network)
        for network in env.get("SAAS_WEBHOOK_NETWORKS", "").replace(",", " ").split()
        if not _is_network(network)
    ]
    faults += _return_faults(env)
    if kind == "production":
        faults += [
            _("%(name)s is missing: in production nothing is embedded, so set it.", name=name)
            for name in ("SAAS_DATABASE_URL", "SAAS_REDIS_URL", "SAAS_SMTP_URL", "SAAS_PUBLIC_URL", "SAAS_MAIL_FROM")
            if not env.get(name)
        ]
        if urlsplit(env.get("SAAS_DATABASE_URL", "")).username:
            faults.append(
                _(
                    "SAAS_DATABASE_URL names a user: leave user and password out, web and workers have roles of their"
                    " own. The owner’s address is SAAS_OWNER_DATABASE_URL, only where migrations run."
                )
            )
        if env.get(clock.AHEAD):
            faults.append(_("%(name)s is for drills only: remove it.", name=clock.AHEAD))
        if env.get("SAAS_PUBLIC_URL", "https:").startswith("http:"):
            faults.append(_("SAAS_PUBLIC_URL must begin with https:// in production: sign-in cookies need TLS."))
    return faults


def _return_faults(env: Mapping[str, str]) -> list[Text]:
    """Mail that comes back is handed over on this machine or its inner network, and to a domain of its own."""
    faults = []
    domain = env.get("SAAS_RETURN_DOMAIN", "")
    if domain and not DOMAIN.fullmatch(domain.lower()):
        faults.append(_("SAAS_RETURN_DOMAIN is %(domain)s: set it to a domain like return.example.cn.", domain=domain))
    where = urlsplit(env.get("SAAS_LMTP", ""))
    if where.scheme == "lmtp" and not (where.hostname and where.port and _is_inner(where.hostname)):
        faults.append(_("SAAS_LMTP must name an inner address and a port, for example lmtp://127.0.0.1:8024"))
    return faults


def _is_inner(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_private
    except ValueError:
        return False


def _is_network(written: str) -> bool:
    try:
        ip_network(written)
    except ValueError:
        return False
    return True


def _secret_faults(secret: str, *, production: bool) -> list[Text]:
    advice = _("Set it to 32 or more random characters, for example from: openssl rand -base64 48")
    if not secret:
        return [_("SAAS_SECRET_KEY is missing. %(advice)s", advice=advice)] if production else []
    if len(secret) < 32 or len(set(secret)) < 12:
        return [_("SAAS_SECRET_KEY is too easy to guess. %(advice)s", advice=advice)]
    return []


def _scheme_fault(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> list[Text]:
    value = env.get(name)
    if not value or urlsplit(value).scheme in schemes:
        return []
    return [_("%(name)s must begin with one of: %(schemes)s", name=name, schemes=", ".join(f"{s}://" for s in schemes))]


def _development_secret(data_dir: Path) -> str:
    """Made once and kept beside the data; a second process starting at the same time takes the first one's."""
    path = data_dir / "secret"
    data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = data_dir / f".secret-{os.getpid()}"
        draft.write_text(secrets.token_urlsafe(48))
        draft.chmod(0o600)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


_active: Settings | None = None


def activate(settings: Settings) -> Settings:
    """The settings of this process; jobs and pages ask active() for their surroundings."""
    global _active
    _active = settings
    return settings


def active() -> Settings:
    """What was activated at start, else the environment."""
    return _active or activate(settings_from())
