"""Room for one more stream, held for as long as its answer lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends

from api.answering.streams import Place
from api.requests.errands import Asking
from api.services import Given


async def room(given: Given, caller: Asking) -> AsyncIterator[Place]:
    """Raises Problem when there is none (``Streams.place``)."""
    with given.streams.place(caller) as place:
        yield place


Room = Annotated[Place, Depends(room)]
