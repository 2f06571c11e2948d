"""The read side under test: the real engine over a real database, moved by the test."""

import sqlalchemy as sa

from domain.policy import standard_policies
from projections.catalogue import projections
from projections.engine import Engine
from projections.progress import Progress
from store.reader import LogReader


class Views:
    """Every projection there is, in one engine."""

    def __init__(self, engine, only=()):
        self.engine = engine
        self.reader = LogReader(engine)
        self.projections = [it for it in projections(standard_policies()) if not only or it.name in only]
        self.runner = Engine(engine, self.reader, self.projections)
        self.progress = Progress(engine, self.reader, [it.name for it in self.projections])

    def catch_up(self):
        self.runner.catch_up()
        return self

    def rows(self, table):
        """Its rows in key order."""
        with self.engine.connect() as conn:
            return conn.execute(sa.select(table).order_by(*table.primary_key)).mappings().all()
