"""Another server that takes over without the last events: a copy of the test's database that takes its place."""

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

END_ALL = "select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = %s"


class Standby:
    """Of one database; ``administration`` is a session on another."""

    def __init__(self, database_url, administration, monkeypatch):
        self._name = conninfo_to_dict(database_url.replace("+psycopg", ""))["dbname"]
        self._administration = administration
        self._monkeypatch = monkeypatch

    def copies(self):
        """It holds what there is now, and hears of nothing more."""
        self._alone("create database {copy} template {database} strategy file_copy")

    def takes_over(self):
        """All connections end, and the next ones lead to it."""
        self._alone("alter database {database} rename to {lost}", "alter database {copy} rename to {database}")
        self._monkeypatch.setattr("store.reader.SERVER", "select now()")  # one server cannot be two

    def remove(self):
        for name in ("copy", "lost"):
            self._administration.execute(self._statement(f"drop database if exists {{{name}}} with (force)"))

    def _alone(self, *statements):
        self._administration.execute(END_ALL, (self._name,))
        for statement in statements:
            self._administration.execute(self._statement(statement))

    def _statement(self, text):
        names = {"database": self._name, "copy": f"{self._name}-standby", "lost": f"{self._name}-lost"}
        return sql.SQL(text).format(**{key: sql.Identifier(name) for key, name in names.items()})
