"""What the marketplace posts on a seller's account: proceeds, payouts and corrections (SPEC §5)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from api.answering.answers import ANY_BODY, answer, may_answer
from api.entrance.door import admits, behind_the_door
from api.presenting.wording import sentence_of
from api.requests.errands import Stated
from api.requests.strictness import with_body
from api.resources.sellers import SELLER, SellerId
from api.schemas.ledger import PostedAdjustment
from api.services import Given
from domain.actors import Role
from domain.messages import Identifier
from domain.seller.adjustments import Adjustment, PostCorrection, PostPayout, PostProceeds

router = behind_the_door("ledger")
Reference = Annotated[Identifier, Path(description="The marketplace's own, good for one posting of this kind")]
PATHS: dict[str, type[Adjustment]] = {
    "proceeds": PostProceeds,
    "payouts": PostPayout,
    "corrections": PostCorrection,
}
"""Under which address each kind is put."""


def _endpoint(adjustment: type[Adjustment]) -> Callable[..., Response]:
    """The endpoint that posts adjustments of this kind."""

    def post(given: Given, errand: Stated, seller_id: SellerId, reference: Reference, body: Adjustment) -> Response:
        """Posted once: the same again answers as at first, and another content is refused."""
        receipt = given.door.adjustments.post(seller_id, reference, body, errand)
        posted = PostedAdjustment(reference=reference, version=receipt.version, position=receipt.position)
        is_new = not (receipt.repeated or errand.preview)
        return answer(posted, HTTPStatus.CREATED if is_new else HTTPStatus.OK)

    return with_body(post, adjustment)


for name, kind in PATHS.items():
    router.put(
        f"{SELLER}/{name}/{{reference}}",
        operation_id=f"post_{name}",
        summary=sentence_of(kind),
        response_model=PostedAdjustment,
        responses={
            HTTPStatus.CREATED: {"model": PostedAdjustment, "description": "Posted for the first time"},
            **may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        },
        **admits(Role.MARKETPLACE),
    )(_endpoint(kind))
