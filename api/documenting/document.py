"""The OpenAPI document as it is committed."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager

from api.app import create_app
from api.services import Services


def document() -> str:
    """The same that a running service tells at ``/openapi.json``, laid out to be read and compared."""
    return json.dumps(create_app(_nothing).openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _nothing() -> AbstractContextManager[Services]:
    raise NotImplementedError("the document is made without starting the application")
