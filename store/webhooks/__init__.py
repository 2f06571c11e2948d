"""Outbound webhooks: where the marketplace wants to be told what happens, and what it was told (SPEC §8)."""
