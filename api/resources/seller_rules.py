"""A seller's rules: what is refunded in his name without asking him, kept by himself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from api.answering.answers import ANY_BODY, answer, may_answer, recorded
from api.entrance.door import admits, behind_the_door
from api.requests.errands import Asking, Change
from api.requests.strictness import StrictJson
from api.resources.sellers import SELLER, SellerId
from api.schemas.sellers import SellerRule, SellerRules
from api.schemas.shape import RecordedChange
from api.services import Given
from domain.actors import Role
from domain.messages import Identifier
from domain.seller.rules import RuleTerms

router = behind_the_door("sellers")
RULES = f"{SELLER}/rules"
RuleId = Annotated[Identifier, Path(description="The seller's own id of the rule", examples=["small-change"])]
CHANGES = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)


@router.get(
    RULES,
    operation_id="list_seller_rules",
    summary="A seller's rules, also those that have ended",
    response_model=SellerRules,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(Role.SELLER, Role.SUPPORT, Role.AUDITOR),
)
def list_rules(given: Given, actor: Asking, seller_id: SellerId) -> Response:
    """In the order in which they were first made: the first that covers a request answers it."""
    kept = given.door.accounts.rules(seller_id, actor).by_id.values()
    return answer(SellerRules(items=tuple(SellerRule.model_validate(rule, from_attributes=True) for rule in kept)))


@router.put(
    f"{RULES}/{{rule_id}}",
    operation_id="keep_seller_rule",
    summary="Refund such requests in full, without return and without asking me",
    response_model=RecordedChange,
    responses=may_answer(*ANY_BODY, *CHANGES),
    **admits(Role.SELLER),
)
def keep_rule(
    given: Given, errand: Change, seller_id: SellerId, rule_id: RuleId, terms: Annotated[RuleTerms, StrictJson()]
) -> Response:
    """Makes a rule, or the next version of one. It answers requests made from now on; the history names it."""
    return recorded(given.door.accounts.keep_rule(seller_id, rule_id, terms, errand), errand)


@router.delete(
    f"{RULES}/{{rule_id}}",
    operation_id="end_seller_rule",
    summary="Answer such requests myself again",
    response_model=RecordedChange,
    responses=may_answer(*CHANGES),
    **admits(Role.SELLER),
)
def end_rule(given: Given, errand: Change, seller_id: SellerId, rule_id: RuleId) -> Response:
    """What the rule has answered stands."""
    return recorded(given.door.accounts.end_rule(seller_id, rule_id, errand), errand)
