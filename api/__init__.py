"""Floor 3, HTTP: the trade's commands and read models as resources."""
