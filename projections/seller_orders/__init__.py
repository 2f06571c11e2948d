"""The seller hub's orders: one row an order line, with its open case or else its newest, and its words (SPEC §7.1)."""

from projections.seller_orders.filters import Filter, Quick
from projections.seller_orders.lines import lines_of
from projections.seller_orders.page import OrderPage, page
from projections.seller_orders.projection import SellerOrders
from projections.seller_orders.rows import CancellationGlance, CaseGlance, SellerOrder
from projections.seller_orders.search import SellerSearch
from projections.seller_orders.standing import Standing
from projections.seller_orders.tally import Tally, overdue_soon_until, tally

__all__ = [
    "CancellationGlance",
    "CaseGlance",
    "Filter",
    "OrderPage",
    "Quick",
    "SellerOrder",
    "SellerOrders",
    "SellerSearch",
    "Standing",
    "Tally",
    "lines_of",
    "overdue_soon_until",
    "page",
    "tally",
]
