"""``python -m runtime.cli`` is ``directservice``."""

from runtime.cli import main

main()
