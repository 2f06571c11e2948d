"""What goes wrong with the embedded PostgreSQL."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot serve; the sentence says why and what to do about it."""


class ServerNotGoneError(EmbeddedPostgresError):
    """Processes of a server that was killed have not all ended yet; trying again in a moment will do."""
