"""Business time: windows in business hours, business days or calendar days, and the instants they end (SPEC §6)."""

from domain.business_time.calendar import Calendar, Market, ZoneName
from domain.business_time.due import Due, began, due, earlier, halfway, later
from domain.business_time.explanation import explained_in
from domain.business_time.window import Span, Unit, Window, WindowField, parse_window

__all__ = [
    "Calendar",
    "Due",
    "Market",
    "Span",
    "Unit",
    "Window",
    "WindowField",
    "ZoneName",
    "began",
    "due",
    "earlier",
    "explained_in",
    "halfway",
    "later",
    "parse_window",
]
