"""Upcasting: how an event stored under an older topic is read as its newer one. What is stored never changes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

Payload = dict[str, Any]
Upcast = Callable[[Payload], Payload]

UPCASTS: dict[str, tuple[str, Upcast]] = {}
"""For each outdated topic the next one, and how its payload becomes that one's."""


def newest(topic: str, payload: Payload) -> tuple[str, Payload]:
    """The topic and payload after every upcast that applies, one version after the other."""
    while topic in UPCASTS:
        topic, upcast = UPCASTS[topic]
        payload = upcast(payload)
    return topic, payload


def read_as(topics: Collection[str]) -> frozenset[str]:
    """These topics, and every outdated one whose events are read as one of them."""
    return frozenset({*topics, *(old for old in UPCASTS if _newest_of(old) in topics)})


def _newest_of(topic: str) -> str:
    while topic in UPCASTS:
        topic = UPCASTS[topic][0]
    return topic
