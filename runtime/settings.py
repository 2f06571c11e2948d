"""What can be set from outside: read from the environment once, checked before anything starts."""

from __future__ import annotations

import binascii
import os
from base64 import b64decode
from contextlib import suppress
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsConfigDict

from runtime.connection_settings import ConnectionSettings, Secrets
from runtime.mail_settings import MailSettings
from runtime.policy_settings import PolicySettings

PREFIX: Final = "DIRECTSERVICE_"
OF_THE_TESTS: Final = f"{PREFIX}TEST_"
KEY_BYTES: Final = 32
FOLLOWS: Final = "default_factory_not_called"
"""The kind of error that only says that there is another."""
TOGETHER: Final = (("shipping_url", "shipping_key"), ("evidence_bucket_key_id", "evidence_bucket_secret"))


class SettingsError(Exception):
    """Something is set that cannot be; one line for each wrong setting, naming it."""


class Environment(StrEnum):
    """What the service may take liberties with."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


class LogFormat(StrEnum):
    """For whom the log is written."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def as_key(secret: SecretStr) -> SecretStr:
    """What opens persons' keys. Raises ValueError for anything else."""
    with suppress(binascii.Error):
        if len(b64decode(secret.get_secret_value(), validate=True)) == KEY_BYTES:
            return secret
    raise ValueError(f"should be {KEY_BYTES} bytes in base64, as `openssl rand -base64 {KEY_BYTES}` prints them")


def _as_keys(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    return tuple(map(as_key, secrets))


class Settings(PolicySettings, MailSettings, ConnectionSettings):
    """The service's settings. ``read_settings`` makes them from the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, populate_by_name=True)

    data_folder: Path = Field(
        Path("data"), description="Where the program's own PostgreSQL, evidence and the sandbox's keys are kept."
    )
    evidence_folder: Path = Field(
        default_factory=lambda given: given["data_folder"] / "evidence",
        description="Where uploaded photos are kept, encrypted. Unset: `evidence` in the data folder.",
    )
    environment: Environment = Field(
        Environment.SANDBOX,
        description="`sandbox` has local tokens and a clock that can be moved; `production` refuses both.",
    )
    database_url: str | None = Field(
        None,
        repr=False,  # it may hold a password
        validation_alias=AliasChoices(f"{PREFIX}DATABASE_URL", "DATABASE_URL"),
        description="The PostgreSQL to use, also named by `DATABASE_URL`. Unset, the program starts its own.",
    )
    postgres_binaries: Path | None = Field(
        None, description="The folder with the programs of the PostgreSQL to start. Unset, they are looked for."
    )
    pool_size: int = Field(10, ge=1, le=500, description="Database connections a process keeps at most.")
    pool_timeout_seconds: float = Field(
        5.0, gt=0, le=60, description="How long a request waits for a free connection before it is refused."
    )
    lock_timeout_seconds: float = Field(
        3.0, gt=0, le=60, description="How long a statement waits for what another one holds before it is refused."
    )
    statement_timeout_seconds: float = Field(
        15.0, gt=0, le=600, description="How long a statement may take before the database ends it; migrations aside."
    )
    clock_limit_seconds: float = Field(
        5.0,
        gt=0,
        le=300,
        description="How far this machine's clock may be from the database's: further ahead, its processes decide"
        " nothing; further behind, health says so.",
    )
    api_host: str = Field("127.0.0.1", description="The address the API listens on.")
    api_port: int = Field(8000, ge=0, le=65535, description="The port the API listens on; 0 takes a free one.")
    api_shares_port: bool = Field(
        default=False, description="Whether several processes of the API on this machine listen on the same port."
    )
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="A port for what this process of the API alone counts, where several share one.",
    )
    threads: int = Field(40, ge=1, le=1000, description="Requests that a process of the API works on at a time.")
    requests_at_once: int = Field(
        200,
        ge=1,
        le=100_000,
        description="Requests that a process of the API lets in at a time; further ones get 503.",
    )
    person_rate_per_minute: int = Field(
        600, ge=0, description="Requests a minute of one buyer, seller, agent or auditor; 0 for no limit."
    )
    system_rate_per_minute: int = Field(
        12_000, ge=0, description="Requests a minute of one marketplace, carrier or payment provider; 0 for no limit."
    )
    address_rate_per_minute: int = Field(
        300, ge=0, description="Requests a minute of one address without a valid token; 0 for no limit."
    )
    rate_burst_seconds: int = Field(
        20, ge=1, le=600, description="How many seconds' worth of these rates may come at once."
    )
    trusted_proxies: str = Field(
        "", description="Addresses and networks, by commas, whose header `X-Forwarded-For` is believed."
    )
    header_limit_bytes: int = Field(32 << 10, ge=1024, description="The largest request line and headers together.")
    header_timeout_seconds: float = Field(10.0, gt=0, description="How long they may take to arrive.")
    body_timeout_seconds: float = Field(30.0, gt=0, description="How long a body may take to arrive.")
    unread_timeout_seconds: float = Field(
        30.0,
        gt=0,
        description="How long a client may take to read the next 64 KiB of an answer, or what is left of it.",
    )
    keep_alive_seconds: int = Field(
        5, ge=1, description="How long a connection without requests is kept; above the proxy's own, if there is one."
    )
    stop_grace_seconds: int = Field(10, ge=1, description="What requests under way are given when a process stops.")
    body_limit_bytes: int = Field(1 << 20, ge=1024, description="The largest request body, uploads aside.")
    upload_limit_bytes: int = Field(10 << 20, ge=1024, description="The largest uploaded photo.")
    stream_limit: int = Field(500, ge=1, le=20_000, description="Server-sent streams a process keeps open at most.")
    token_secret: SecretStr | None = Field(
        None,
        min_length=KEY_BYTES,
        repr=False,
        description="Signs the sandbox's local tokens. Unset, one is made and kept in the data folder.",
    )
    issuer_keys: Path | None = Field(
        None, description="A file with the public keys (JWK set) of the marketplace's token issuer."
    )
    issuer: str | None = Field(
        None, min_length=1, description="Who issues the tokens: their claim `iss`. Unset, a sandbox issues its own."
    )
    audience: str = Field("directservice", min_length=1, description="Whom the tokens are for: their claim `aud`.")
    master_key: Annotated[SecretStr, AfterValidator(as_key)] | None = Field(
        None,
        repr=False,
        description="Opens every person's key: 32 bytes in base64. Unset, a sandbox makes one in the data folder.",
    )
    other_master_keys: Annotated[Secrets, AfterValidator(_as_keys)] = Field(
        (),
        repr=False,
        description="Accepted too, while one master key follows another; with blanks between.",
    )
    log_level: LogLevel = Field(LogLevel.INFO, description="The least that is logged.")
    log_format: LogFormat = Field(LogFormat.CONSOLE, description="`console` for people, `json` for machines.")

    @model_validator(mode="after")
    def _pairs_are_whole(self) -> Self:
        for one, other in TOGETHER:
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise ValueError(f"{variable(one)} and {variable(other)} are set together, or neither")
        if self.issuer_keys is not None and self.issuer_keys_url is not None:
            raise ValueError(f"either {variable('issuer_keys')} or {variable('issuer_keys_url')} is set, not both")
        return self

    @model_validator(mode="after")
    def _fits_production(self) -> Self:
        if self.environment is Environment.SANDBOX:
            return self
        missing = [variable(name) for name in ("issuer", "master_key") if getattr(self, name) is None]
        if self.issuer_keys is None and self.issuer_keys_url is None:
            missing.append(f"{variable('issuer_keys_url')} (or {variable('issuer_keys')})")
        if missing:
            raise ValueError(f"production needs {', '.join(missing)} to be set")
        if self.token_secret is not None:
            raise ValueError(f"production accepts no local tokens: unset {variable('token_secret')}")
        if self.internal_webhooks:
            raise ValueError(f"production sends no webhooks inward: unset {variable('internal_webhooks')}")
        return self


def variable(field: str) -> str:
    """The environment variable that sets a field."""
    return f"{PREFIX}{field.upper()}"


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 -- any field of Settings
    """The settings of the environment, those ``given`` by the command line first.

    Raises SettingsError, which names every variable that is unknown, malformed or missing.
    """
    wrong = [_unknown(name) for name in os.environ if _is_unknown(name)]  # noqa: TID251 -- the one place that reads it
    try:
        settings = Settings(**given)
    except ValidationError as error:
        wrong += [_sentence(each) for each in error.errors() if each["type"] != FOLLOWS]
    if wrong:
        raise SettingsError("\n".join(wrong))
    return settings


def _is_unknown(name: str) -> bool:
    ours = name.startswith(PREFIX) and not name.startswith(OF_THE_TESTS)
    return ours and name not in map(variable, Settings.model_fields)


def _unknown(name: str) -> str:
    meant = get_close_matches(name.removeprefix(PREFIX).lower(), Settings.model_fields, n=1)
    return f"{name}: there is no such setting{f'; is {variable(meant[0])} meant?' if meant else ''}"


def _sentence(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return message[0].upper() + message[1:]
    name = str(error["loc"][0])
    field = Settings.model_fields.get(name)
    shown = f" (is {error['input']!r})" if field is not None and field.repr else ""
    return f"{variable(name) if field else name}: {message}{shown}"
