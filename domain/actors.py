"""Who acts: the roles of SPEC §1 and one acting party."""

from __future__ import annotations

from enum import StrEnum

from domain.messages import Value


class Role(StrEnum):
    """Everyone who can act on a case or read one (SPEC §1)."""

    BUYER = "buyer"
    SELLER = "seller"
    SUPPORT = "support"
    SYSTEM = "system"
    CARRIER = "carrier"
    PAYMENTS = "payments"
    MARKETPLACE = "marketplace"
    AUDITOR = "auditor"

    @property
    def is_person(self) -> bool:
        """People decide and can be too late; the others report facts or keep time (SPEC §4)."""
        return self in {Role.BUYER, Role.SELLER, Role.SUPPORT}


class Actor(Value):
    """One party in one role; every event records who acted."""

    role: Role
    id: str

    def __str__(self) -> str:
        return f"{self.role}:{self.id}"


CLOCK = Actor(role=Role.SYSTEM, id="clock")
"""The timer as an actor: it issues the timeout commands."""
PROVIDER = Actor(role=Role.PAYMENTS, id="provider")
"""The payment provider, as whom everything is recorded that he answers or reports."""
CARRIER = Actor(role=Role.CARRIER, id="carrier")
"""The carriers, likewise."""
