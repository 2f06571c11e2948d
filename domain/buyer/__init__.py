"""Buyers: whether support has them under review (SPEC §3)."""
