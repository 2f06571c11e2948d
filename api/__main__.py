"""Writes the OpenAPI document: ``python -m api > docs/api/openapi.json``."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager

from api.app import create_app
from api.services import Services


def document() -> str:
    """The document as it is committed."""
    return json.dumps(create_app(_nothing).openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _nothing() -> AbstractContextManager[Services]:
    raise NotImplementedError("the document is made without starting the application")


if __name__ == "__main__":
    sys.stdout.write(document())
