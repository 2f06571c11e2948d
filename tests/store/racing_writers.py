"""A process of writers that race: ``python -m tests.store.racing_writers URL SEED`` appends until its rounds are done.

Some of its threads save in groups, some hold transactions open and then commit or abort, some collide on purpose.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from time import sleep
from uuid import UUID, uuid4

from store.engine import connect
from store.failures import StreamMoved
from store.recorder import LogRecorder
from tests.store.log_entries import entries, record

ROUNDS = 40
CONTESTED = [UUID(int=number) for number in range(1, 5)]
"""Streams that all processes want."""


class Writer:
    """One thread's way through its rounds."""

    def __init__(self, recorder, engine, seed):
        self.recorder = recorder
        self.engine = engine
        self.chance = Random(seed)  # noqa: S311 -- a race, not a secret

    def run(self):
        for _ in range(ROUNDS):
            self.chance.choice([self.save, self.save, self.dawdle, self.collide])()

    def save(self):
        stream = uuid4()
        self.recorder.insert_events(entries(stream, [1, 2]), command=record(stream, 2))

    def dawdle(self):
        """Appends early, commits late or not at all: what a tailing reader must wait for."""
        stream = uuid4()
        with self.engine.connect() as transaction:
            self.recorder.insert_events(entries(stream, [1]), conn=transaction)
            sleep(self.chance.uniform(0, 0.03))
            self.recorder.insert_events(entries(stream, [2, 3]), conn=transaction)
            if self.chance.random() < 0.7:
                transaction.commit()

    def collide(self):
        stream = self.chance.choice(CONTESTED)
        version = len(self.recorder.select_events(stream)) + 1
        with suppress(StreamMoved):
            self.recorder.insert_events(entries(stream, [version]))


def main(url, seed):
    engine = connect(url, pool_timeout=60, lock_timeout="60s", idle_in_transaction_session_timeout="60s")
    recorder = LogRecorder(engine)
    with ThreadPoolExecutor() as threads:
        writers = [threads.submit(Writer(recorder, engine, f"{seed}/{number}").run) for number in range(4)]
    for writer in writers:
        writer.result()
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
