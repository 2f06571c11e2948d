"""The support queue: every case that support has or was asked to look at, and why (SPEC §7.5)."""

from projections.support_queue.page import Queued, QueuePage, queue
from projections.support_queue.projection import SupportQueue

__all__ = ["QueuePage", "Queued", "SupportQueue", "queue"]
