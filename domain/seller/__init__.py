"""Sellers: enrolment in Direct Service, contact and return addresses (SPEC §2)."""
