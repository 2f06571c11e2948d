"""The composition root: opens from the settings everything that processes and commands are made of."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from api.answering.streams import Streams
from api.entrance.rate_limits import Caller, RateLimits
from api.services import Limits, Services
from domain.policy import Policy
from projections.catalogue import projections
from projections.conduct import ConductCounter
from projections.event_feed import EventFeed
from projections.log_tail import LogTail
from projections.progress import Progress
from projections.seller_orders import SellerOrders
from runtime.believed import inbound, token_verifier
from runtime.clock import SandboxClock, system_clock
from runtime.clock_watch import ClockWatch
from runtime.database import usable
from runtime.keys import master_key, other_master_keys
from runtime.policies import packs_at_hand, policy_book, put_in_force
from runtime.settings import Environment, Settings
from store.allowances import Allowances, Rate
from store.application import DirectService
from store.engine import connect
from store.evidence_bucket import EvidenceBucket
from store.evidence_files import EvidenceFiles, EvidenceFolder
from store.reader import LogReader
from store.vault import FORGOTTEN, Vault
from store.wakeup import Wakeup
from store.webhooks.endpoints import Endpoints

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
    """The house's time. Raises ClockFast while the machine's clock is too far ahead of the database's."""
    clock_watch: ClockWatch
    sandbox_clock: SandboxClock | None
    """None in production."""
    wakeup: Wakeup
    reader: LogReader
    progress: Progress
    feed: EventFeed
    tail: LogTail
    webhooks: Endpoints
    door: DirectService


@contextmanager
def open_house(settings: Settings, wall: Callable[[], datetime] = system_clock) -> Iterator[House]:
    """Everything opened, a sandbox's database migrated; closed in the reverse order. ``wall`` is the machine's clock.

    Raises StartError, EmbeddedPostgresError or WrongMasterKeyError.
    """
    packs = packs_at_hand(settings.policy_folder)
    with ExitStack() as opened:
        url, role = opened.enter_context(usable(settings))
        engine = _engine(settings, url, role)
        opened.callback(engine.dispose)
        yield _furnished(settings, packs, url, engine, wall, opened)


def _engine(settings: Settings, url: str, role: str | None) -> sa.Engine:
    return connect(
        url,
        pool_size=settings.pool_size,
        pool_timeout=settings.pool_timeout_seconds,
        role=role,
        lock_timeout=f"{settings.lock_timeout_seconds * 1000:.0f}ms",
        statement_timeout=f"{settings.statement_timeout_seconds * 1000:.0f}ms",
    )


def _furnished(
    settings: Settings,
    packs: Sequence[Policy],
    url: str,
    engine: sa.Engine,
    wall: Callable[[], datetime],
    opened: ExitStack,
) -> House:
    policies = policy_book(settings, packs, engine)
    vault = Vault(engine, master_key(settings), *other_master_keys(settings))
    vault.encrypt(PROBE, b"", b"")
    wakeup = Wakeup(engine, hear={FORGOTTEN: vault.drop})
    wakeup.start()
    opened.callback(wakeup.close)
    sandbox_clock = None
    if settings.environment is Environment.SANDBOX:
        sandbox_clock = opened.enter_context(SandboxClock(engine, wall))
    watch = opened.enter_context(ClockWatch(engine, wall, timedelta(seconds=settings.clock_limit_seconds)))
    clock = watch.guarded(sandbox_clock or wall)
    reader = LogReader(engine)
    feed, bell = EventFeed(engine, reader), opened.enter_context(wakeup.bell())
    return House(
        settings=settings,
        process=f"{socket.gethostname()}/{os.getpid()}",
        url=url,
        engine=engine,
        clock=clock,
        clock_watch=watch,
        sandbox_clock=sandbox_clock,
        wakeup=wakeup,
        reader=reader,
        progress=Progress(engine, reader, [projection.name for projection in projections(policies)]),
        feed=feed,
        tail=opened.enter_context(LogTail(engine, reader, feed.owners, bell=bell, view=SellerOrders.name)),
        webhooks=Endpoints(engine, vault, clock),
        door=DirectService(
            engine,
            vault=vault,
            policies=policies,
            evidence_files=evidence_files(settings),
            clock=clock,
            announce=wakeup.announce,
            conduct_of=ConductCounter(engine),
        ),
    )


def evidence_files(settings: Settings) -> EvidenceFiles:
    """Where photos are kept: in object storage where a bucket is named, else in the folder."""
    if settings.evidence_bucket is None:
        return EvidenceFolder(settings.evidence_folder)
    key_id, secret = settings.evidence_bucket_key_id, settings.evidence_bucket_secret
    return EvidenceBucket.at(
        settings.evidence_bucket,
        url=str(settings.evidence_bucket_url) if settings.evidence_bucket_url else None,
        region=settings.evidence_bucket_region,
        key=(key_id, secret.get_secret_value()) if key_id and secret else None,
        patience=settings.patience,
    )


def services(house: House) -> Services:
    """What the API works with, which opens cases under the current policy. Raises StartError."""
    settings = house.settings
    put_in_force(house.engine, house.door.policies.current)
    return Services(
        door=house.door,
        engine=house.engine,
        progress=house.progress,
        feed=house.feed,
        streams=Streams(house.tail, most=settings.stream_limit),
        webhooks=house.webhooks,
        tokens=token_verifier(settings),
        rate_limits=RateLimits(Allowances(house.engine), rates(settings)),
        clock_ahead=house.clock_watch.ahead,
        sandbox_clock=house.sandbox_clock,
        inbound=inbound(settings),
        limits=Limits(
            body_bytes=settings.body_limit_bytes,
            upload_bytes=settings.upload_limit_bytes,
            body_seconds=settings.body_timeout_seconds,
            requests_at_once=settings.requests_at_once,
            threads=settings.threads,
            internal_webhooks=settings.internal_webhooks,
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
