"""What must hold after every fault: nothing acknowledged is lost, nothing has two effects, and all books agree."""

import sqlalchemy as sa

from domain.policy import standard_policies
from projections.catalogue import projections
from projections.ledger import INVARIANTS, ledger_says_what_the_log_says
from projections.rebuild import rebuild
from scheduler.twins.tables import refund
from scheduler.upkeep import RULES
from store.chain import GENESIS, digest_of, misfit
from store.reader import LogReader
from store.tables import command

WORKED_ON = {"claim_at", "attempts", "failure", "remind_at"}
"""Columns in which clock and courier note what they do; a rebuild begins them anew."""
TWICE = sa.text("""
    select stream_id, topic, state->>'command_id' as command_id from store.event
    group by stream_id, topic, state->>'command_id' having count(*) > 1
""")
PAID_TWICE = sa.text("""
    select stream_id from store.event where topic = 'refund.settled.v1' group by stream_id having count(*) > 1
""")


def assert_sound(owner, now, acknowledged):
    """``acknowledged`` are the command ids that were answered, with the version each answer named, if any."""
    reader = LogReader(owner)
    with owner.connect() as conn:
        assert lost(conn, acknowledged) == []
        assert conn.execute(TWICE).all() == [], "a command had its effect twice"
        assert conn.execute(PAID_TWICE).all() == [], "a refund reached its buyer twice"
        taken = conn.execute(sa.select(refund.c.stream_id).where(refund.c.taken_at.is_not(None))).scalars().all()
        assert len(taken) == len(set(taken)), "a refund was paid twice"
        assert [fault for rule in RULES for fault in rule(conn, now)] == []
        assert [fault for invariant in INVARIANTS for fault in invariant(conn)] == []
        head = reader.head(conn)
        assert ledger_faults(conn, reader, head) == []
        assert broken_chains(reader, head) == []
    for projection in projections(standard_policies()):
        before = rows_of(owner, projection)
        rebuild(owner, reader, projection)
        assert rows_of(owner, projection) == before, f"{projection.name} is not what a rebuild makes of the log"


def lost(conn, acknowledged):
    """Acknowledged commands of which the log knows nothing."""
    known = set(conn.execute(sa.select(command.c.command_id)).scalars())
    return [command_id for command_id in acknowledged if command_id not in known]


def ledger_faults(conn, reader, head):
    after, faults = 0, []
    while not faults:
        reached, faults = ledger_says_what_the_log_says(conn, reader, after, head)
        if reached == after:
            break
        after = reached
    return faults


def broken_chains(reader, head):
    """Every event that does not follow the one before it in its stream."""
    ends, broken = {}, []
    for event in reader.read(0, head, until=head):
        version, digest = ends.get(event.originator_id, (0, GENESIS))
        if wrong := misfit(version, digest, event):
            broken.append((event.originator_id, wrong))
        told = digest_of(event.originator_id, event.originator_version, event.topic, event.state)
        ends[event.originator_id] = event.originator_version, told
    return broken


def rows_of(engine, projection):
    """The projection's rows, as far as they tell of the log."""
    with engine.connect() as conn:
        return {
            table.name: sorted(
                map(repr, conn.execute(sa.select(*(it for it in table.columns if it.name not in WORKED_ON))))
            )
            for table in projection.tables
        }
