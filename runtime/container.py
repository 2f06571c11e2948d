"""The composition root: opens from the settings everything that processes and commands are made of."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from api.auth import TokenVerifier, Trust
from api.rate_limits import Caller, RateLimits
from api.services import Inbound, Limits, Services
from api.signatures import StandardSignatures, StripeSignatures
from api.streams import Streams
from domain.policy import standard_policies
from projections.catalogue import projections
from projections.conduct import ConductCounter
from projections.event_feed import EventFeed
from projections.log_tail import LogTail
from projections.progress import Progress
from projections.seller_orders import SellerOrders
from runtime.clock import SandboxClock, system_clock
from runtime.database import StartError, usable
from runtime.keys import master_key, token_secret
from runtime.settings import Environment, Settings
from store.allowances import Allowances, Rate
from store.application import DirectService
from store.engine import connect
from store.evidence_files import EvidenceFolder
from store.reader import LogReader
from store.vault import FORGOTTEN, Vault
from store.wakeup import Wakeup

SANDBOX = "sandbox"
"""The issuer of a sandbox's own tokens."""
PROBE = "system:start"
"""Whose key is opened at every start, so that a wrong master key is noticed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every process of one installation is made of."""

    settings: Settings
    process: str
    """The name of this process among all: its host and its number there."""
    url: str
    engine: sa.Engine
    clock: Callable[[], datetime]
    sandbox_clock: SandboxClock | None
    """None in production."""
    wakeup: Wakeup
    reader: LogReader
    progress: Progress
    feed: EventFeed
    tail: LogTail
    door: DirectService


@contextmanager
def open_house(settings: Settings) -> Iterator[House]:
    """Everything opened, a sandbox's database migrated; closed in the reverse order.

    Raises StartError, EmbeddedPostgresError or WrongMasterKeyError.
    """
    with ExitStack() as opened:
        url, role = opened.enter_context(usable(settings))
        engine = _engine(settings, url, role)
        opened.callback(engine.dispose)
        yield _furnished(settings, url, engine, opened)


def _engine(settings: Settings, url: str, role: str | None) -> sa.Engine:
    return connect(
        url,
        pool_size=settings.pool_size,
        pool_timeout=settings.pool_timeout_seconds,
        role=role,
        lock_timeout=f"{settings.lock_timeout_seconds * 1000:.0f}ms",
        statement_timeout=f"{settings.statement_timeout_seconds * 1000:.0f}ms",
    )


def _furnished(settings: Settings, url: str, engine: sa.Engine, opened: ExitStack) -> House:
    vault = Vault(engine, master_key(settings))
    vault.encrypt(PROBE, b"", b"")
    wakeup = Wakeup(engine, hear={FORGOTTEN: vault.drop})
    wakeup.start()
    opened.callback(wakeup.close)
    sandbox_clock = None
    if settings.environment is Environment.SANDBOX:
        sandbox_clock = opened.enter_context(SandboxClock(engine))
    clock = sandbox_clock or system_clock
    reader = LogReader(engine)
    feed, bell = EventFeed(engine, reader), opened.enter_context(wakeup.bell())
    return House(
        settings=settings,
        process=f"{socket.gethostname()}/{os.getpid()}",
        url=url,
        engine=engine,
        clock=clock,
        sandbox_clock=sandbox_clock,
        wakeup=wakeup,
        reader=reader,
        progress=Progress(engine, reader, [projection.name for projection in projections()]),
        feed=feed,
        tail=opened.enter_context(LogTail(engine, reader, feed.owners, bell=bell, view=SellerOrders.name)),
        door=DirectService(
            engine,
            vault=vault,
            policies=standard_policies(),
            evidence_files=EvidenceFolder(settings.evidence_folder),
            clock=clock,
            announce=wakeup.announce,
            conduct_of=ConductCounter(engine),
        ),
    )


def services(house: House) -> Services:
    """What the API works with."""
    settings = house.settings
    return Services(
        door=house.door,
        engine=house.engine,
        progress=house.progress,
        feed=house.feed,
        streams=Streams(house.tail, most=settings.stream_limit),
        tokens=token_verifier(settings),
        rate_limits=RateLimits(Allowances(house.engine), rates(settings)),
        sandbox_clock=house.sandbox_clock,
        inbound=inbound(settings),
        limits=Limits(
            body_bytes=settings.body_limit_bytes,
            upload_bytes=settings.upload_limit_bytes,
            body_seconds=settings.body_timeout_seconds,
            requests_at_once=settings.requests_at_once,
            threads=settings.threads,
        ),
    )


def rates(settings: Settings) -> dict[Caller, Rate]:
    """How often each kind of caller may ask; one that is not limited is left out."""
    per_minute = {
        Caller.PERSON: settings.person_rate_per_minute,
        Caller.SYSTEM: settings.system_rate_per_minute,
        Caller.ADDRESS: settings.address_rate_per_minute,
    }
    return {
        kind: Rate(per_second=number / 60, burst=max(1, number * settings.rate_burst_seconds // 60))
        for kind, number in per_minute.items()
        if number
    }


def inbound(settings: Settings) -> Inbound:
    """Whose webhooks are believed."""
    payments = tuple(secret.get_secret_value() for secret in settings.payments_webhook_secrets)
    parcels = tuple(secret.get_secret_value() for secret in settings.shipping_webhook_secrets)
    return Inbound(
        payments=StripeSignatures(payments, system_clock) if payments else None,
        parcels=StandardSignatures(parcels, system_clock) if parcels else None,
    )


def trust(settings: Settings) -> Trust:
    """Whose tokens are believed, and for whom they must be."""
    return Trust(issuer=settings.issuer or SANDBOX, audience=settings.audience)


def token_verifier(settings: Settings) -> TokenVerifier:
    """Verifies by the issuer's keys where they are given, else by the sandbox's own secret.

    Raises StartError for a file of keys that cannot be used.
    """
    if settings.issuer_keys is None:
        return TokenVerifier.of_sandbox(token_secret(settings), trust(settings), system_clock)
    try:
        keys = json.loads(settings.issuer_keys.read_text(encoding="utf-8"))
        return TokenVerifier.of_issuer(keys, trust(settings), system_clock)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StartError(f"the issuer's keys in {settings.issuer_keys} cannot be used: {error}") from error
