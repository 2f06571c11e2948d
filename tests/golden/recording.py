"""Records golden streams: ``./run python -m tests.golden.recording FOLDER``, once for each released version.

A folder once recorded is kept for ever; what is read from it by any later version must stay the same.
"""

import json
import random
import sys
import tempfile
from base64 import b64encode
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from domain.buyer.account import BuyerProfileRecorded
from domain.buyer.standing import BuyerPutUnderReview, BuyerReviewLifted
from domain.cancellation.transitions import TABLE
from domain.deadline import Expire
from domain.evidence import EvidenceUploaded, MediaType
from domain.mail_preferences import MailPreferencesChosen
from domain.messages import Event, Personal
from domain.notice import NoticeKind
from domain.order.events import (
    CancellationOpened,
    ChargebackReversed,
    OrderLineRecorded,
    OrderLineUpdated,
    PaymentChargedBack,
    RefundCaseOpened,
    RefundCaseRevived,
    RefundTold,
)
from domain.order.facts import Listing
from domain.payout import ReportRefundSettled
from domain.refund.commands import Withdraw
from domain.refund.events import SuccessorOpened
from domain.refund.kept_scans import ParcelNamed, ParcelScanned
from domain.refund.parcels import Leg, ParcelScan
from domain.refusals import Refused
from domain.seller.account import Locale, ReturnAddressChosen, SellerAddressRecorded, SellerProfileRecorded
from domain.seller.adjustments import PostCorrection, PostPayout, PostProceeds, adjust
from domain.seller.rules import SellerRuleEnded, SellerRuleKept
from domain.vocabulary import Outcome, Reason, Status
from runtime.embedded import EmbeddedPostgres
from runtime.migrations import migrate
from store import streams
from store.chain import GENESIS
from store.codec import seal
from store.engine import connect
from store.envelope import Cause, Draft
from store.tables import person_key
from store.vault import Vault
from tests.domain.cancellation.stage import asked, given, unsent_line
from tests.domain.cancellation.test_table import valid
from tests.domain.refund.wandering import WORLDS, opened_in, wander
from tests.dsl import ACTORS, done, opened, reported
from tests.dsl import given as refund_story
from tests.golden.reading import MASTER_KEY, told
from tests.trade import SUPPORT, eur, order_line

AT = datetime(2026, 3, 6, 17, tzinfo=UTC)
WALKS = 5000


def covering(walks):
    """As few of these histories as come by every kind of event that any of them holds."""
    seen, chosen = set(), []
    for history in walks:
        kinds = {type(event) for event, _, _ in history}
        if kinds - seen:
            seen |= kinds
            chosen.append(history)
    return chosen


def refund_walks(dice):
    """Histories of refund cases on which anything that is possible was done at random."""
    used = Counter()
    for _ in range(WALKS):
        stage = opened_in(dice.choice(WORLDS))
        for _ in wander(stage, dice, used):
            pass
        yield stage.histories[0]


def cancellation_walks(dice):
    """Histories of cancellation requests that took any row of their table at random."""
    for _ in range(WALKS // 2):
        line = unsent_line(price=eur("0.00"), shipping=eur("0.00")) if dice.random() < 0.2 else unsent_line()
        stage = given(asked(text="I bought the wrong one."), line=line).stage
        for _ in range(dice.randrange(1, 9)):
            request = stage.case_at()
            row = dice.choice([row for row in TABLE.rows if row.status is request.status])
            if row.command is Expire:
                stage.now = request.deadline.due_at
            with suppress(Refused):
                stage.carry_out(valid(row.command, stage), ACTORS[row.actor])
        yield stage.histories[0]


def at_the_edge():
    """What random walks do not come by: a fact that moves nothing, and a case that another one followed."""
    story = refund_story(opened(), reported(ReportRefundSettled), done(Withdraw()))
    successor = SuccessorOpened(
        status=Status.CLOSED, outcome=Outcome.WITHDRAWN, successor=uuid5(NAMESPACE_URL, "successor")
    )
    return [*story.stage.histories[0], (successor, story.stage.now, None)]


def of_the_marketplace():
    """One short history of each stream that is no process."""
    listing = Listing(description="With its case.", photos=("https://shop.example/1",))
    facts, case_id = order_line(listing=listing), uuid5(NAMESPACE_URL, "case")
    yield (
        streams.order_line(facts.line_id),
        [
            OrderLineRecorded(facts=facts),
            OrderLineUpdated(facts=facts.model_copy(update={"title": "Vintage camera, boxed"})),
            RefundCaseOpened(case_id=case_id, attempt=1),
            RefundCaseRevived(case_id=case_id),
            RefundTold(matter_id=case_id),
            CancellationOpened(cancellation_id=case_id, attempt=1),
            PaymentChargedBack(reference="dp-1"),
            ChargebackReversed(reference="dp-1"),
        ],
    )
    mail = Personal.of("seller:s-1", "shop@example.com")
    yield (
        streams.seller("s-1"),
        [
            SellerProfileRecorded(
                seller_id="s-1", enrolled=True, locale=Locale.GERMAN, time_zone="Europe/Berlin", email=mail
            ),
            SellerAddressRecorded(address_id="home", address=Personal.of("seller:s-1", "{}")),
            ReturnAddressChosen(address_id="home"),
            MailPreferencesChosen(muted=(NoticeKind.NEWS, NoticeKind.REMINDER)),
            SellerRuleKept(rule_id="small", version=1, reasons=(Reason.ITEM_MISSING,), up_to=eur("15.00")),
            SellerRuleEnded(rule_id="small", version=1),
        ],
    )
    yield (
        streams.buyer("b-1"),
        [
            BuyerPutUnderReview(buyer_id="b-1", ground=Personal.of("buyer:b-1", "Many requests.")),
            BuyerReviewLifted(buyer_id="b-1", ground=Personal.of("buyer:b-1", "Explained.")),
            BuyerProfileRecorded(
                buyer_id="b-1", locale=Locale.GERMAN, email=Personal.of("buyer:b-1", "buyer@example.com")
            ),
        ],
    )
    for event in adjustments_of("s-1"):
        yield streams.adjustment("s-1", event.posting.rule, event.reference), [event]
    scan = ParcelScan(number="JJD 0001-22", delivered=False, happened_at=AT)
    yield streams.parcel("JJD000122"), [ParcelScanned(scan=scan), ParcelNamed(case_id=case_id, leg=Leg.RETURN)]
    upload = uuid5(NAMESPACE_URL, "upload")
    yield (
        upload,
        [EvidenceUploaded(evidence_id=upload, owner="buyer:b-1", digest="0" * 64, media_type=MediaType.PNG, size=68)],
    )


def adjustments_of(seller_id):
    """One of each kind that the marketplace posts."""
    posted = {
        "p-1": PostProceeds(happened_at=AT, amount=eur("45.90"), commission=eur("4.00"), line_id="o-1-1"),
        "p-2": PostPayout(happened_at=AT, amount=eur("20.00")),
        "p-3": PostCorrection(happened_at=AT, amount=eur("-1.00"), ground="Charged to the wrong account."),
    }
    return [adjust(seller_id, reference, adjustment, AT) for reference, adjustment in posted.items()]


def histories():
    """Every stream to record: its id, and its events with when they occurred and under which policy."""
    for stream_id, events in of_the_marketplace():
        yield stream_id, [(event, AT, None) for event in events]
    dice = random.Random(11)  # noqa: S311 -- walks, not secrets
    for name, walks in (("case", refund_walks), ("cancellation", cancellation_walks)):
        edges = [at_the_edge()] if walks is refund_walks else []
        for number, history in enumerate([*edges, *covering(walks(dice))]):
            told_under = [(event, at, "standard@1") for event, at, _ in history]
            yield uuid5(NAMESPACE_URL, f"{name}/{number}"), told_under


def sealed(stream_id, history, vault):
    previous = GENESIS
    for version, (event, at, policy) in enumerate(history, start=1):
        command_id = uuid5(stream_id, f"command/{version}")
        envelope = seal(
            Draft(event, at, policy),
            stream_id=stream_id,
            version=version,
            previous=previous,
            cause=Cause(SUPPORT, command_id, command_id, at),
            vault=vault,
        )
        previous = envelope.digest
        yield envelope


def record(folder, engine):
    vault = Vault(engine, MASTER_KEY)
    recorded = {stream_id: list(sealed(stream_id, history, vault)) for stream_id, history in histories()}
    write(folder / "streams.ndjson", (stored(event) for stream in recorded.values() for event in stream))
    write(folder / "told.ndjson", ({"stream_id": str(it), **told(stream)} for it, stream in recorded.items()))
    with engine.connect() as conn:
        write(folder / "keys.ndjson", (key(row) for row in conn.execute(person_key.select())))
    kept = {event.topic for stream in recorded.values() for event in stream}
    sys.stdout.write(f"missing: {sorted(set(Event.topics) - kept)}\n")


def stored(event):
    return {
        "stream_id": str(event.originator_id),
        "version": event.originator_version,
        "topic": event.topic,
        "state": event.state.decode(),
    }


def key(row):
    return {"key_id": str(row.key_id), "person": row.person, "wrapped_key": b64encode(row.wrapped_key).decode()}


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def server_in(place):
    place.chmod(0o755)  # PostgreSQL runs as another account than root
    return EmbeddedPostgres(place / "data", fsync=False)


def main(folder):
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place, server_in(Path(place)) as server:
        migrate(server.url)
        engine = connect(server.url)
        record(folder, engine)
        engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
