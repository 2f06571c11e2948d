"""Buyers: whether support has them under review, and what they ask for (SPEC §§3 and 7.8)."""
