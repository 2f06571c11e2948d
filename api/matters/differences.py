"""Two moments of a matter, each shown as the caller may see it, and compared (SPEC §7.10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.answering.problems import invalid_field
from api.matters.matter import Matter, Record
from api.presenting.difference import changes, facets, steps
from api.schemas.difference import Difference, Stand
from api.services import Services
from domain.actors import Actor
from projections.moments import Moment


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when."""

    earlier: Moment
    later: Moment


def difference(services: Services, matter: Matter[Any, Any], record: Record, span: Span, viewer: Actor) -> Difference:
    """What changed in the matter of this whole ``record``.

    Raises Unknown for a moment before its opening or a version still to come, Problem (422) unless everything known
    at the earlier moment is known at the later one.
    """
    earlier, later = matter.at(record, span.earlier), matter.at(record, span.later)
    known = {envelope.originator_version for envelope in earlier.history}
    between = [envelope for envelope in later.history if envelope.originator_version not in known]
    if len(known) + len(between) != len(later.history):
        raise invalid_field("query", "from", "is later than `to`")
    before, after = (
        matter.show(services, told, viewer, _then(told, moment))
        for told, moment in ((earlier, span.earlier), (later, span.later))
    )
    zone = ZoneInfo(services.door.policies[after.policy].calendar.zone)
    compared = changes(facets(before, earlier.history, viewer), facets(after, later.history, viewer), zone)
    return Difference(
        id=after.id,
        before=_stand(earlier, span.earlier),
        after=_stand(later, span.later),
        changes=tuple(compared),
        steps=steps(between, viewer),
    )


def _then(told: Record, moment: Moment) -> datetime:
    return moment.at if isinstance(moment.at, datetime) else told.recorded_at


def _stand(told: Record, moment: Moment) -> Stand:
    return Stand(version=told.history[-1].originator_version, at=_then(told, moment), by=moment.by)
