"""Adjustments on the write side: each posted once under the marketplace's own reference (SPEC §5)."""

from __future__ import annotations

from domain.actors import Role
from domain.order.facts import OrderLineFacts
from domain.order.line import unknown_line
from domain.refusals import RuleBroken
from domain.seller.adjustments import Adjustment, AdjustmentPosted, adjust
from store import streams
from store.application.account_desk import AccountDesk, only
from store.application.accounts import unknown_seller
from store.application.errand import Errand, Receipt, fingerprint
from store.envelope import Draft, Envelope
from store.log import Append, Tip


class Adjustments(AccountDesk):
    """Posts proceeds, payouts and corrections; racing reports of the same reference collide in the store."""

    def post(self, seller_id: str, reference: str, adjustment: Adjustment, errand: Errand) -> Receipt:
        """Post it, or answer as at first where it was posted already.

        Raises NotYourMove, Unknown for seller or order line, RuleBroken for what cannot be posted or was posted
        differently under this reference.
        """
        only(errand, Role.MARKETPLACE)
        asked = fingerprint(f"seller/{seller_id}/{reference}", adjustment, errand.actor)
        return self._counter.carry_out(
            errand, asked, lambda: self._post(seller_id, reference, adjustment, errand, asked)
        )

    def _post(self, seller_id: str, reference: str, adjustment: Adjustment, errand: Errand, asked: bytes) -> Receipt:
        now = self._clock()
        event = adjust(seller_id, reference, adjustment, now, self._line(seller_id, adjustment))
        stream_id = streams.adjustment(seller_id, event.posting.rule, reference)
        if history := self._log.history(stream_id):
            return _posted_already(history[0], event, adjustment)
        draft = Draft(event, adjustment.happened_at, None)
        append = Append(Tip(stream_id), [(draft, errand.cause(now))])
        return self._counter.write(errand, asked, [append], stream_id=stream_id, now=now)

    def _line(self, seller_id: str, adjustment: Adjustment) -> OrderLineFacts | None:
        """The line it names; raises Unknown for one there is not, or an unknown seller."""
        if not self._log.history(streams.seller(seller_id)):
            raise unknown_seller(seller_id)
        line_id = getattr(adjustment, "line_id", None)
        if line_id is None:
            return None
        line = self._parties.line_of(self._log.history(streams.order_line(line_id)))
        if line is None:
            raise unknown_line(line_id)
        return line.facts


def _posted_already(posted: Envelope, event: AdjustmentPosted, adjustment: Adjustment) -> Receipt:
    if posted.payload != event or posted.occurred_at != adjustment.happened_at:
        raise RuleBroken(
            "adjustment_stands",
            f"{event.reference} was posted already, with another content; post a correction instead",
            reference=event.reference,
            position=posted.position,
        )
    return Receipt(
        stream_id=posted.originator_id,
        version=posted.originator_version,
        position=posted.position,
        recorded_at=posted.cause.recorded_at,
        repeated=True,
    )
