"""The command line, ``directservice``: one module for each group of commands."""

from runtime.cli.app import main

__all__ = ["main"]
