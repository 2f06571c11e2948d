"""The embedded default: a PostgreSQL that the program starts itself, its data in a local folder."""

from runtime.embedded.errors import EmbeddedPostgresError
from runtime.embedded.server import EmbeddedPostgres
from runtime.embedded.watch import watched

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "watched"]
