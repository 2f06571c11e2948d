"""The demo: a fortnight of refund requests told on order lines, all of it through the service's real doors."""
