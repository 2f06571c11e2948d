"""Notifications in the app: what each reader was told, in his language, read or unread (SPEC §7.7)."""

from projections.notifications.page import Mailbox, Notification, mark_read, notifications, unread_count
from projections.notifications.projection import Notifications

__all__ = ["Mailbox", "Notification", "Notifications", "mark_read", "notifications", "unread_count"]
