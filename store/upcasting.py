"""Upcasting: how an event stored under an older topic is read as its newer one. What is stored never changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Payload = dict[str, Any]
Upcast = Callable[[Payload], Payload]

UPCASTS: dict[str, tuple[str, Upcast]] = {}
"""For each outdated topic the next one, and how its payload becomes that one's."""


def newest(topic: str, payload: Payload) -> tuple[str, Payload]:
    """The topic and payload after every upcast that applies, one version after the other."""
    while topic in UPCASTS:
        topic, upcast = UPCASTS[topic][0], UPCASTS[topic][1]
        payload = upcast(payload)
    return topic, payload
