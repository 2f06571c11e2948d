"""The refund case: from the buyer's request to its final outcome, one event stream a case (SPEC §§3 to 5)."""
