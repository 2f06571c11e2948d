"""Every projection there is; its tables are declared by being named here."""

from __future__ import annotations

from domain.policy import PolicyBook
from projections import heartbeats, positions, schema
from projections.buyer_requests import BuyerRequests
from projections.conduct import Conduct
from projections.deadlines import Deadlines
from projections.ledger import Ledger
from projections.notifications import Notifications
from projections.openings import Openings
from projections.outbox import Outbox
from projections.projection import Projection
from projections.seller_orders import SellerOrders, SellerSearch
from projections.support_queue import SupportQueue
from projections.tellings import Tellings

DECLARED = schema.metadata
"""The tables of all read models, and of what is told beside them."""
BESIDE = (positions.projection, heartbeats.heartbeat)
"""Tables that are no projection's."""

AHEAD = frozenset({SellerOrders.name})
"""Those on whose rows somebody waits who just asked for something."""


def projections(policies: PolicyBook) -> list[Projection]:
    """One of each, sharing what they look up of a case's past. For one thread.

    ``policies`` are those that cases are pinned to.
    """
    openings, tellings = Openings(), Tellings()
    return [
        SellerOrders(openings),
        SellerSearch(openings),
        Deadlines(openings),
        Ledger(openings),
        BuyerRequests(openings),
        SupportQueue(),
        Outbox(tellings),
        Conduct(openings, policies),
        Notifications(openings, tellings),
    ]
