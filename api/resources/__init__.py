"""Everything but refund cases and cancellations, one module a resource."""
