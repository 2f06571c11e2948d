"""A clock in a process of its own: ``python -m tests.scheduler.sweeping URL FOLDER NOW [hang]``.

Says that it is ready, waits for a line, sweeps until nothing is due any more, and says how many it overtook; with
``hang`` it stops before its first commit, says so, and waits to be killed.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from store.engine import connect
from tests.scheduler.house import House


def main(url, folder, now, *how):
    engine = connect(url)
    house = House(engine, Path(folder))
    house.now = datetime.fromisoformat(now)
    seen = []
    if how == ("hang",):
        house.door.overtake = hanging(house.door.overtake)
    sweeper = house.sweeper(observe=seen.append)
    say("ready")
    sys.stdin.readline()
    while sweeper.sweep() == timedelta():
        pass
    say(len(seen))
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
