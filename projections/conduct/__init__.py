"""Conduct: what buyers ask for and how sellers answer, case by case, to be counted over any window (SPEC §7.8, 7.9)."""

from projections.conduct.buyers import BuyerAmounts, BuyerCounts, ConductCounter, counts_over
from projections.conduct.projection import Conduct
from projections.conduct.sellers import ReasonCounts, SellerCosts, SellerMetrics, metrics_over

__all__ = [
    "BuyerAmounts",
    "BuyerCounts",
    "Conduct",
    "ConductCounter",
    "ReasonCounts",
    "SellerCosts",
    "SellerMetrics",
    "counts_over",
    "metrics_over",
]
