"""What a request says beside its body: errand, keys, preconditions, moments, positions."""
