"""Webhook endpoints: where the marketplace is told what happens, and what became of each message (SPEC §8)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from api.answering.answers import ANY_BODY, answer, may_answer
from api.answering.pages import Cursors, Number, Paged
from api.answering.problems import invalid_field
from api.entrance.door import admits, behind_the_door
from api.requests.errands import Once
from api.requests.strictness import StrictJson
from api.schemas.webhooks import (
    Replay,
    WebhookAttempt,
    WebhookAttempts,
    WebhookDeliveries,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpoints,
    WebhookEndpointWanted,
    WebhookSecrets,
)
from api.services import Given, Services
from domain.actors import Role
from domain.messages import Identifier
from domain.refusals import Unknown
from projections.event_feed import UnknownTypeError, topics_named
from store.engine import reading
from store.failures import translated
from store.webhooks import deliveries
from store.webhooks.deliveries import State
from store.webhooks.destinations import fault_of

router = behind_the_door("webhooks")
ENDPOINTS = "/v1/webhook-endpoints"
ONE = f"{ENDPOINTS}/{{endpoint_id}}"
READERS = (Role.MARKETPLACE, Role.SUPPORT, Role.AUDITOR)
CURSORS = Cursors(tuple[Number])

EndpointId = Annotated[Identifier, Path(description="The marketplace's own name for the endpoint")]
Position = Annotated[int, Path(ge=1, lt=2**63, description="The event's position in the log")]
OfState = Annotated[State | None, Query(alias="state", description="Only those")]


@router.get(
    ENDPOINTS,
    operation_id="list_webhook_endpoints",
    summary="Where the marketplace is told what happens",
    response_model=WebhookEndpoints,
    responses=may_answer(),
    **admits(*READERS),
)
def list_endpoints(given: Given) -> Response:
    items = tuple(WebhookEndpoint.model_validate(it, from_attributes=True) for it in given.webhooks.all())
    return answer(WebhookEndpoints(items=items))


@router.get(
    ONE,
    operation_id="get_webhook_endpoint",
    summary="One endpoint",
    response_model=WebhookEndpoint,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*READERS),
)
def get(given: Given, endpoint_id: EndpointId) -> Response:
    return answer(_endpoint(given, endpoint_id))


@router.put(
    ONE,
    operation_id="put_webhook_endpoint",
    summary="Keep an endpoint so, and enabled",
    response_model=WebhookEndpoint,
    responses={
        HTTPStatus.CREATED: {"model": WebhookEndpoint, "description": "A new endpoint, with a secret of its own"},
        **may_answer(*ANY_BODY, HTTPStatus.CONFLICT),
    },
    **admits(Role.MARKETPLACE),
)
def put(given: Given, endpoint_id: EndpointId, wanted: Annotated[WebhookEndpointWanted, StrictJson()]) -> Response:
    """A new one is told what happens from now on. Messages are signed as Standard Webhooks has it."""
    fault = fault_of(wanted.url, internal_allowed=given.limits.internal_webhooks)
    if fault:
        raise invalid_field("body", "/url", fault)
    try:
        topics_named(wanted.types)
    except UnknownTypeError as unknown:
        raise invalid_field("body", "/types", str(unknown)) from None
    new = given.webhooks.put(endpoint_id, wanted.url, wanted.types, head=given.feed.end())
    return answer(_endpoint(given, endpoint_id), HTTPStatus.CREATED if new else HTTPStatus.OK)


@router.delete(
    ONE,
    operation_id="remove_webhook_endpoint",
    summary="Tell an endpoint nothing more",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=may_answer(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    **admits(Role.MARKETPLACE),
)
def remove(given: Given, endpoint_id: EndpointId) -> Response:
    """Its secrets and the log of its deliveries go with it."""
    if not given.webhooks.remove(endpoint_id):
        raise _unknown(endpoint_id)
    return Response(None, HTTPStatus.NO_CONTENT)


@router.get(
    f"{ONE}/secrets",
    operation_id="get_webhook_secrets",
    summary="What an endpoint's messages are signed with",
    response_model=WebhookSecrets,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(Role.MARKETPLACE),
)
def get_secrets(given: Given, endpoint_id: EndpointId) -> Response:
    return answer(_secrets(given, endpoint_id))


@router.post(
    f"{ONE}/rotate-secret",
    operation_id="rotate_webhook_secret",
    summary="Replace an endpoint's secret",
    response_model=WebhookSecrets,
    responses=may_answer(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    **admits(Role.MARKETPLACE),
)
def rotate(given: Given, errand: Once, endpoint_id: EndpointId) -> Response:
    """For a day messages carry signatures by both, so that receivers can change over at their leisure."""
    _endpoint(given, endpoint_id)
    given.door.webhooks.rotate(endpoint_id, errand)
    return answer(_secrets(given, endpoint_id))


@router.post(
    f"{ONE}/replay",
    operation_id="replay_webhooks",
    summary="Tell an endpoint everything again from a position on",
    response_model=WebhookEndpoint,
    responses=may_answer(*ANY_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    **admits(Role.MARKETPLACE),
)
def replay(given: Given, errand: Once, endpoint_id: EndpointId, body: Annotated[Replay, StrictJson()]) -> Response:
    """Each message has the id it had the first time."""
    _endpoint(given, endpoint_id)
    given.door.webhooks.replay(endpoint_id, body.after, errand)
    return answer(_endpoint(given, endpoint_id))


@router.get(
    f"{ONE}/deliveries",
    operation_id="list_webhook_deliveries",
    summary="What an endpoint was told, and what it could not be told",
    response_model=WebhookDeliveries,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*READERS),
)
def list_deliveries(given: Given, endpoint_id: EndpointId, paged: Paged, state: OfState = None) -> Response:
    """The newest first. What was given up is `dead`; what was delivered is kept for 30 days."""
    _endpoint(given, endpoint_id)
    place = CURSORS.place(paged, endpoint_id, state)
    with translated(), reading(given.engine) as conn:
        found, last = deliveries.page(conn, endpoint_id, state, place[0] if place else None, paged.limit)
    items = tuple(WebhookDelivery.model_validate(it, from_attributes=True) for it in found)
    following = CURSORS.mark((last,), endpoint_id, state) if last is not None else None
    return answer(WebhookDeliveries(items=items, next=following))


@router.get(
    f"{ONE}/deliveries/{{position}}",
    operation_id="get_webhook_delivery",
    summary="One delivery with every try",
    response_model=WebhookAttempts,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(*READERS),
)
def get_delivery(given: Given, endpoint_id: EndpointId, position: Position) -> Response:
    return answer(_delivery(given, endpoint_id, position))


@router.post(
    f"{ONE}/deliveries/{{position}}/redeliver",
    operation_id="redeliver_webhook",
    summary="Tell an endpoint one event again, at once",
    response_model=WebhookAttempts,
    responses=may_answer(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    **admits(Role.MARKETPLACE),
)
def redeliver(given: Given, errand: Once, endpoint_id: EndpointId, position: Position) -> Response:
    """Whatever became of it before; the message has the id it had the first time."""
    _delivery(given, endpoint_id, position)
    given.door.webhooks.redeliver(endpoint_id, position, errand)
    return answer(_delivery(given, endpoint_id, position))


def _endpoint(given: Services, endpoint_id: str) -> WebhookEndpoint:
    found = given.webhooks.find(endpoint_id)
    if found is None:
        raise _unknown(endpoint_id)
    return WebhookEndpoint.model_validate(found, from_attributes=True)


def _secrets(given: Services, endpoint_id: str) -> WebhookSecrets:
    secrets = given.webhooks.secrets(endpoint_id)
    if not secrets:
        raise _unknown(endpoint_id)
    return WebhookSecrets(secrets=tuple(secrets))


def _delivery(given: Services, endpoint_id: str, position: int) -> WebhookAttempts:
    with translated(), reading(given.engine) as conn:
        found = deliveries.find(conn, endpoint_id, position)
    if found is None:
        sentence = f"no delivery of the event at {position} to {endpoint_id}"
        raise Unknown("unknown_delivery", sentence, endpoint_id=endpoint_id, position=position)
    told, attempts = found
    shown = WebhookDelivery.model_validate(told, from_attributes=True)
    tries = tuple(WebhookAttempt.model_validate(it, from_attributes=True) for it in attempts)
    return WebhookAttempts(**dict(shown), attempts=tries)


def _unknown(endpoint_id: str) -> Unknown:
    return Unknown("unknown_endpoint", f"no webhook endpoint {endpoint_id}", endpoint_id=endpoint_id)
