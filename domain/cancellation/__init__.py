"""Cancellation requests: the buyer asks before shipment, the seller answers as he likes (SPEC §4)."""
