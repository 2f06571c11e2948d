"""From the trade's objects to answers: what each party is shown, and what is kept from it."""
