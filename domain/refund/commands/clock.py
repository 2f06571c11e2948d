"""What the clock does when nobody acts."""

from __future__ import annotations

from datetime import datetime

from domain.messages import Command


class Expire(Command):
    """The window that ends at ``due_at`` has run out without an answer."""

    due_at: datetime
