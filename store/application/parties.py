"""What the other streams say that a decision on a case needs: the line, its seller and buyer, named evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import TypeVar
from uuid import UUID

from domain.actors import Actor, Role
from domain.buyer import account as buyer_account
from domain.buyer import standing as buyer
from domain.buyer.account import BuyerAccount
from domain.buyer.standing import BuyerConduct, BuyerStanding
from domain.evidence import EvidenceUploaded
from domain.messages import Event
from domain.order import line as order
from domain.order.line import OrderLine
from domain.policy import Policy
from domain.refund.events import EvidenceItem
from domain.seller import account as seller
from domain.seller import rules
from domain.seller.account import SellerAccount
from domain.seller.rules import SellerRules
from store import streams
from store.envelope import Envelope

State = TypeVar("State")


def fold(evolve: Callable[[Event, State], State], history: Iterable[Envelope], initial: State) -> State:
    """The state after a history."""
    return reduce(lambda state, envelope: evolve(envelope.payload, state), history, initial)


ConductOf = Callable[[str, Policy, datetime], BuyerConduct | None]
"""What a buyer bought and asked for within the policy's review window that ends at this instant."""


class Parties:
    """Folds loaded histories into the trade's objects."""

    def __init__(self, conduct_of: ConductOf) -> None:
        """``conduct_of`` counts over all sellers, which no stream tells: a read model does."""
        self.conduct_of = conduct_of

    def line_of(self, history: Iterable[Envelope]) -> OrderLine | None:
        line: OrderLine | None = fold(order.evolve, history, None)
        return line

    def seller_of(self, history: Iterable[Envelope]) -> SellerAccount | None:
        account: SellerAccount | None = fold(seller.evolve, history, None)
        return account

    def rules_of(self, history: Iterable[Envelope]) -> SellerRules:
        return fold(rules.evolve, history, SellerRules())

    def buyer_of(self, history: Iterable[Envelope]) -> BuyerStanding:
        return fold(buyer.evolve, history, BuyerStanding())

    def reach_of(self, history: Iterable[Envelope]) -> BuyerAccount:
        return fold(buyer_account.evolve, history, BuyerAccount())

    def streams_of(self, line: OrderLine) -> list[UUID]:
        """The streams of the line's parties and of its cancellations."""
        facts = line.facts
        return [streams.seller(facts.seller_id), streams.buyer(facts.buyer_id), *line.cancellations]

    def evidence_of(
        self,
        named: Sequence[UUID],
        histories: Mapping[UUID, list[Envelope]],
        actor: Actor,
        *,
        shown_already: Collection[UUID] = (),
    ) -> dict[UUID, EvidenceItem]:
        """The uploads that this actor may name: his own, what the case shows already, and for support any."""
        items = {}
        for upload in named:
            event = next((envelope.payload for envelope in histories.get(upload, [])), None)
            if isinstance(event, EvidenceUploaded) and (
                event.owner == str(actor) or upload in shown_already or actor.role is Role.SUPPORT
            ):
                items[upload] = EvidenceItem(
                    evidence_id=upload, digest=event.digest, media_type=event.media_type, size=event.size
                )
        return items
