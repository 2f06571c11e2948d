"""The command line, ``directservice``: one module for each group of commands.

What a command needs is imported when it runs: half of the house would be read for ``--help`` otherwise.
"""

from runtime.cli.app import main

__all__ = ["main"]
