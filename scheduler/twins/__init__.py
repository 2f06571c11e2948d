"""Local twins of the outside: they keep the ports' promises in the house's own database, for demo and tests alike."""
