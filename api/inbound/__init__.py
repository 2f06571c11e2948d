"""Webhooks of others: the payment provider's and the shipping service's."""
