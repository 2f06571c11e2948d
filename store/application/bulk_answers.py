"""Bulk answers: one command on many cases, each carried out or refused by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from domain.messages import Command, Value
from domain.policy import UnknownPolicyError
from domain.refusals import NotAllowedNow, Refused
from store.application.counter import Counter
from store.application.errand import Errand, Receipt, fingerprint
from store.application.refund_cases import RefundCases


class _Batch(Value):
    """What one bulk answer asks, as far as its repetition must ask the same."""

    cases: tuple[tuple[UUID, int | None], ...]
    command: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the answer to one case: a receipt, or why not."""

    case_id: UUID
    errand: Errand
    receipt: Receipt | None = None
    refusal: Refused | None = None


class BulkAnswers:
    """Carries the same command out on many cases under one key."""

    def __init__(self, refund_cases: RefundCases, counter: Counter, clock: Callable[[], datetime]) -> None:
        self._refund_cases = refund_cases
        self._counter = counter
        self._clock = clock

    def answer(self, cases: Mapping[UUID, int | None], command: Command, errand: Errand) -> Iterator[Answered]:
        """What became of each case, in order; the versions given are insisted on.

        Each case is a command of its own, its id made of the errand's and the case's. So the whole can be repeated
        at any time: what took effect is told again, what was refused is tried again. Raises CommandReused for an
        errand that asked something else before, and what the store raises; then some cases may have been answered.
        """
        asked = _Batch(cases=tuple(cases.items()), command=f"{type(command).__name__} {command.model_dump_json()}")
        if not errand.preview:
            self._counter.bind(errand, fingerprint("refund-cases", asked, errand.actor), self._clock())
        for case_id, version in cases.items():
            yield self._one(case_id, command, _part(errand, case_id, version))

    def _one(self, case_id: UUID, command: Command, errand: Errand) -> Answered:
        try:
            return Answered(case_id, errand, receipt=self._refund_cases.handle(case_id, command, errand))
        except Refused as refusal:
            return Answered(case_id, errand, refusal=refusal)
        except UnknownPolicyError as lost:  # the others are answered all the same
            return Answered(case_id, errand, refusal=NotAllowedNow("policy_missing", str(lost)))


def _part(errand: Errand, case_id: UUID, version: int | None) -> Errand:
    """The errand to one case; all of them belong to the whole."""
    return replace(
        errand,
        command_id=uuid5(errand.command_id, str(case_id)),
        correlation_id=errand.correlation_id or errand.command_id,
        expected_version=version,
    )
