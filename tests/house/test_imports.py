"""Imports point down only, and each library stays on its floor: the contracts of pyproject.toml hold."""

from importlinter.cli import lint_imports


def test_every_import_contract_is_kept():
    assert lint_imports(no_cache=True) == 0
