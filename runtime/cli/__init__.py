"""The command line, ``directservice``: one module for each group of commands.

What a command needs is imported when it runs: half of the house would be read for ``--help`` otherwise.
"""

from runtime.cli import ending


def main() -> None:
    """Run the command line; while it is still being read, a signal ends the program on the spot."""
    ending.on_the_spot()
    from runtime.cli.app import run

    run()
