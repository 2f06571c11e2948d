"""One module a resource beside the matters."""
