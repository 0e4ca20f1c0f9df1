"""Settings: what is not given is embedded, and what is given wrongly is said in sentences, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from saas.kernel.config import SettingsError, settings_from

PRODUCTION = {
    "SAAS_ENV": "production",
    "SAAS_SECRET_KEY": "kV3+q9Zx7fYtB2mWc8RrLp5sHd1uNe4a",
    "SAAS_DATABASE_URL": "postgresql://db/qingzhang",
    "SAAS_REDIS_URL": "redis://valkey:6379/0",
    "SAAS_SMTP_URL": "smtps://user:hunter2@mail.example.cn:465",
    "SAAS_PUBLIC_URL": "https://books.example.cn",
    "SAAS_MAIL_FROM": "清账 <noreply@books.example.cn>",
}


def test_nothing_given_means_everything_embedded(tmp_path: Path) -> None:
    settings = settings_from({"SAAS_DATA_DIR": str(tmp_path)})
    assert (settings.embedded_database, settings.embedded_redis, settings.embedded_smtp) == (True, True, True)


def test_a_developers_secret_is_made_once_and_private(tmp_path: Path) -> None:
    first, second = (settings_from({"SAAS_DATA_DIR": str(tmp_path)}) for _time in range(2))
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_production_takes_what_it_is_given(tmp_path: Path) -> None:
    settings = settings_from(PRODUCTION | {"SAAS_DATA_DIR": str(tmp_path)})
    assert not settings.embedded_database
    assert settings.secure
    app, relay = make_url(settings.app_database_url), make_url(settings.relay_database_url)
    assert (app.username, app.host, app.drivername) == ("qz_app", "db", "postgresql+asyncpg")
    assert relay.username == "qz_relay"
    assert app.password != relay.password


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"SAAS_SECRET_KEY": ""}, "openssl rand"),
        ({"SAAS_SECRET_KEY": "password"}, "openssl rand"),
        ({"SAAS_SECRET_KEY": "a" * 64}, "openssl rand"),
        ({"SAAS_DATABASE_URL": ""}, "SAAS_DATABASE_URL"),
        ({"SAAS_DATABASE_URL": "mysql://db/qingzhang"}, "postgresql://"),
        ({"SAAS_DATABASE_URL": "postgresql://qz_owner:hunter2@db/qingzhang"}, "SAAS_OWNER_DATABASE_URL"),
        ({"SAAS_REDIS_URL": ""}, "SAAS_REDIS_URL"),
        ({"SAAS_REDIS_URL": "http://valkey"}, "redis://"),
        ({"SAAS_SMTP_URL": ""}, "SAAS_SMTP_URL"),
        ({"SAAS_PUBLIC_URL": "http://books.example.cn"}, "https://"),
        ({"SAAS_MAIL_FROM": ""}, "SAAS_MAIL_FROM"),
        ({"SAAS_ENV": "staging"}, "development"),
        ({"SAAS_CLOCK_AHEAD": "3600"}, "SAAS_CLOCK_AHEAD"),
    ],
)
def test_a_production_start_refuses_what_is_weak_or_missing(
    change: dict[str, str], advice: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=advice):
        settings_from(PRODUCTION | {"SAAS_DATA_DIR": str(tmp_path)} | change)
    assert not (tmp_path / "secret").exists()


def test_every_fault_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        settings_from({"SAAS_ENV": "production"})
    assert len(refused.value.faults) == 6


def test_only_who_is_told_how_is_the_owner(tmp_path: Path) -> None:
    given = PRODUCTION | {"SAAS_DATA_DIR": str(tmp_path)}
    with pytest.raises(SettingsError, match="SAAS_OWNER_DATABASE_URL"):
        _ = settings_from(given).owner_url
    owner = settings_from(given | {"SAAS_OWNER_DATABASE_URL": "postgresql://qz_owner:hunter3@db/qingzhang"})
    assert make_url(owner.owner_url).username == "qz_owner"
    assert make_url(owner.app_database_url).username == "qz_app"


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    names = ("SAAS_OWNER_DATABASE_URL", "SAAS_BACKUP_DATABASE_URL")
    powers = dict.fromkeys(names, "postgresql://boss:hunter2@db/qingzhang")
    settings = settings_from(PRODUCTION | powers | {"SAAS_DATA_DIR": str(tmp_path)})
    assert "hunter2" not in repr(settings)
    assert settings.secret_key not in repr(settings)


def test_each_purpose_has_its_own_key(tmp_path: Path) -> None:
    settings = settings_from({"SAAS_DATA_DIR": str(tmp_path)})
    assert len({settings.derive("csrf"), settings.derive("accounts"), settings.secret_key.encode()}) == 3
