"""Refund cases and cancellation requests: what the process's tables govern."""
