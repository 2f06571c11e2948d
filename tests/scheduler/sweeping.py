"""A clock in a process of its own: ``python -m tests.scheduler.sweeping URL FOLDER NOW [hang]``.

Says that it is ready, waits for a line, sweeps until nothing is due any more, and says when each timeout was due, in
the order in which it overtook them; with ``hang`` it stops before its first commit, says so, and waits to be killed.
"""

import sys
from datetime import datetime
from pathlib import Path
from threading import Event

import scheduler.clock
from scheduler.clock import GLANCE
from store.engine import connect
from tests.scheduler.house import House

BATCH = 10
"""Small, so that everybody gets something to do."""


def main(url, folder, now, *how):
    engine = connect(url, pool_timeout=60, lock_timeout="60s", idle_in_transaction_session_timeout="60s")
    house = House(engine, Path(folder))
    house.now = datetime.fromisoformat(now)
    seen = []
    if how == ("hang",):
        house.door.overtake = hanging(house.door.overtake)
    scheduler.clock.BATCH = BATCH
    sweeper = house.sweeper(observe=seen.append)
    say("ready")
    sys.stdin.readline()
    while (again := sweeper.sweep()) is not None and again <= GLANCE:
        Event().wait(again.total_seconds())
    say(" ".join(event.occurred_at.isoformat() for event in seen))
    engine.dispose()


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def hanging(overtake):
    def hang(streams, conn):
        overtake(streams, conn=conn)
        say("in hand")
        Event().wait()

    return hang


if __name__ == "__main__":
    main(*sys.argv[1:])
