"""Verifies an export by itself: no database, no key, nothing of the house's is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from eventsourcing.persistence import Notification
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from store.audit.chains import Chains
from store.audit.exporting import FORMAT, Scope
from store.audit.held import NoRootError, check_root, read_root
from store.audit.live import Reached, Verified
from store.audit.merkle import leaf_hash, root_by_path
from store.audit.reach import Period, Place
from store.audit.roots import Root
from store.audit.unfit import Unfit

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MISSING = "something is missing before it, or stands in another place"


class NoExportError(ValueError):
    """The file is no export, or its end is missing; the sentence names the line."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Title(_Line):
    kind: Literal["export"]
    format: int
    scope: Scope
    case: UUID | None = None
    first: datetime | None = Field(None, alias="from")
    last: datetime | None = Field(None, alias="to")
    taken_at: datetime

    @property
    def period(self) -> Period | None:
        return Period(self.first, self.last, self.taken_at) if self.first and self.last else None

    @property
    def is_whole(self) -> bool:
        """Whether it says what an export of its scope is of, and nothing else."""
        said = {Scope.CASE: self.case is not None, Scope.PERIOD: self.period is not None}
        return all(told == (scope is self.scope) for scope, told in said.items())


class _RootLine(_Line):
    model_config = ConfigDict(frozen=True, extra="allow")
    kind: Literal["root"]


class _Proof(_Line):
    root: int
    index: int
    path: list[Hash]


class _EventLine(_Line):
    kind: Literal["event"]
    position: int
    stream_id: UUID
    version: int
    topic: str
    state: str
    proof: _Proof | None

    def stored(self) -> Notification:
        return Notification(self.stream_id, self.version, self.topic, self.state.encode(), self.position)


class _End(_Line):
    kind: Literal["end"]
    events: int


LINE: TypeAdapter[Any] = TypeAdapter(Annotated[_Title | _RootLine | _EventLine | _End, Field(discriminator="kind")])


def verify_export(lines: Iterable[bytes], held: Mapping[int, Root], reached: Reached = lambda _: None) -> Verified:
    """What fits, if all of it does. Raises Unfit at the first event or root that does not, NoExportError.

    Memory stays the same however long the export is, but for its roots.
    """
    told = _read(lines)
    title = next(told, None)
    if not isinstance(title, _Title) or title.format != FORMAT:
        raise NoExportError(f"line 1 is not the title of an export of format {FORMAT}")
    if not title.is_whole:
        raise NoExportError("line 1 does not say which case or period it is of, or says one of what is none")
    with Chains(from_the_start=title.period is None) as chains:
        return _Verification(chains, held, title).of(told, reached)


def _read(lines: Iterable[bytes]) -> Iterator[Any]:
    for number, line in enumerate(lines, start=1):
        try:
            yield LINE.validate_json(line)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, fault["loc"]))
            raise NoExportError(f"line {number} is none of an export: {where} {fault['msg']}") from None


class _Verification:
    """One walk through the lines behind the title."""

    def __init__(self, chains: Chains, held: Mapping[int, Root], title: _Title) -> None:
        self._chains = chains
        self._held = held
        self._covered = max((root.position for root in held.values()), default=0)
        self._case = title.case
        self._period = title.period
        self._roots: dict[int, Root] = {}
        self._begun: Place | None = None
        self._place: Place | None = None
        self._events = 0
        self._uncovered = 0

    def of(self, lines: Iterator[Any], reached: Reached) -> Verified:
        for line in lines:
            match line:
                case _RootLine():
                    self._root(line)
                case _EventLine():
                    self._event(line)
                    reached(self._events)
                case _End(events=events):
                    return self._ended(events, next(lines, None))
                case _:
                    raise NoExportError("there is a second title in it")
        raise NoExportError(f"it breaks off after {self._events} events")

    def _root(self, line: _RootLine) -> None:
        try:
            told = read_root({name: value for name, value in line.model_dump().items() if name != "kind"})
        except NoRootError as error:
            raise NoExportError(str(error)) from None
        check_root(told, self._roots.get(told.number - 1), self._held)
        self._roots[told.number] = told

    def _event(self, line: _EventLine) -> None:
        event = line.stored()
        if self._case not in {None, event.originator_id}:
            raise Unfit.event(event, f"it is none of case {self._case}, which is exported")
        digest = self._chains.follow(event)
        self._events += 1
        if line.proof is not None:
            self._proven(event, leaf_hash(event.id, digest), line.proof)
        elif event.id <= self._covered:
            raise Unfit.event(event, "it has no proof, though a root that is held covers its position")
        elif self._period and self._place and not self._place.is_last:
            raise Unfit.event(event, MISSING)
        else:
            self._uncovered += 1

    def _proven(self, event: Notification, leaf: bytes, proof: _Proof) -> None:
        root = self._roots.get(proof.root)
        if root is None:
            raise Unfit.event(event, f"its proof names root {proof.root}, of which nothing is told before it")
        if root_by_path(leaf, proof.index, root.events, proof.path) != root.tree:
            raise Unfit.event(event, f"it is not the one that root {root.number} covers")
        if self._period and (self._uncovered or not self._follows(root, proof.index)):
            raise Unfit.event(event, MISSING)
        self._place = Place(root, proof.index)
        self._begun = self._begun or self._place

    def _follows(self, root: Root, index: int) -> bool:
        return self._place is None or self._place.is_followed_by(root, index)

    def _ended(self, told: int, more: Any) -> Verified:  # noqa: ANN401 -- another line, or None
        if more is not None:
            raise NoExportError("it goes on behind its end")
        if told != self._events:
            raise Unfit(f"{told} events were exported; there are {self._events}")
        if self._period:
            self._period.check(self._roots, self._held, self._begun, self._place)
        matched = len(self._roots.keys() & self._held.keys())
        return Verified(self._events, len(self._roots), self._uncovered, matched)
