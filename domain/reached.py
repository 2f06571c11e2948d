"""What has reached the buyer: counted alike in cases and cancellations (SPEC §5)."""

from __future__ import annotations

from typing import Any, Protocol

from domain.money import Money, together


class Refunded(Protocol):
    """A case or cancellation, as far as the buyer's money goes."""

    @property
    def refunds_made(self) -> int:
        """How often money reached him."""

    @property
    def refund_due(self) -> Money | None:
        """What he was to get."""

    @property
    def refunded(self) -> Money | None:
        """What reached him for it."""

    @property
    def refunded_beside(self) -> Money | None:
        """What the marketplace refunded him by other ways beside that."""

    @property
    def refunds_elsewhere(self) -> frozenset[str]:
        """The refunds that the marketplace made in other ways, by its references."""

    @property
    def reached_buyer(self) -> Money | None:
        """Both together."""


def reached(so_far: Refunded, amount: Money | None) -> dict[str, Any]:
    """He got this much more of what he was to get."""
    return {"refunds_made": so_far.refunds_made + 1, "refunded": together(so_far.refunded, amount)}


def reached_beside(so_far: Refunded, amount: Money) -> dict[str, Any]:
    """The marketplace refunded him this much by another way, while ours stands."""
    return {"refunds_made": so_far.refunds_made + 1, "refunded_beside": together(so_far.refunded_beside, amount)}


def reached_otherwise(so_far: Refunded) -> dict[str, Any]:
    """Support says that he got all that was due in another way.

    What had reached him before may be that other way: it is taken for it, as far as it goes, and counts once.
    """
    had, due = so_far.reached_buyer, so_far.refund_due
    beyond = had - due if had and due and due < had else None
    return {"refunds_made": so_far.refunds_made + 1, "refunded": due, "refunded_beside": beyond}


def told_elsewhere(so_far: Refunded, reference: str) -> dict[str, Any]:
    """The marketplace told of a refund that it made in another way; told again, it is no news."""
    return {"refunds_elsewhere": so_far.refunds_elsewhere | {reference}}
