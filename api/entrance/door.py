"""The door: what every request to a resource passes before its endpoint, always in this order.

Who asks, whether he asks too often, whether that role may, whether he takes the answer's form, whether he knows
the headers and parameters, and only then the body. What an operation's description declares is what is enforced here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any, TypedDict

from fastapi import APIRouter, Depends
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Header, Query
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from api.answering.problems import Problem, invalid_field
from api.callers.auth import TokenVerifier
from api.entrance.admission import address_of
from api.entrance.bodies import check_text, read_body, read_json
from api.requests.headers import (
    AUTHORIZATION,
    CONTENT_ENCODING,
    CONTENT_TYPE,
    every_one,
    honour_conditions,
    the_one,
)
from api.requests.media_types import JSON, accepts, is_json, media_type
from api.services import Limits, Services
from domain.actors import Actor, Role
from domain.refusals import NotYourMove

ROLES = "x-roles"
"""Where an operation's description names the roles that may ask."""
UPLOAD = "x-upload"
"""Where it says that its body is no JSON."""

BEARER = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="JWT",
    description="A token of the marketplace's issuer: `sub`, `role`, and `seller_id` or `buyer_id` for those roles.",
    auto_error=False,
)


class RouteOptions(TypedDict):
    """What ``add_api_route`` is told besides."""

    openapi_extra: dict[str, Any]


def admits(*roles: Role, **described: Any) -> RouteOptions:  # noqa: ANN401 -- OpenAPI's own members
    """Only these roles enter. ``described`` is added to the operation's OpenAPI description."""
    return {"openapi_extra": {ROLES: sorted(roles), **described}}


class Door(APIRoute):
    """A route whose requests pass the door first."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer, door = super().get_route_handler(), _Passage(self)

        async def enter(request: Request) -> Response:
            return await answer(await door.let_in(request))

        return enter


def behind_the_door(tag: str) -> APIRouter:
    """A router of operations under this tag that all pass the door."""
    return APIRouter(route_class=Door, tags=[tag], dependencies=[Depends(BEARER)])


class _Admitted(Request):
    """A request whose body is read already."""

    def __init__(self, request: Request, body: bytes, content: Any = None) -> None:  # noqa: ANN401 -- any JSON
        super().__init__(request.scope, request.receive)
        self._body = body
        self._content = content

    async def json(self) -> Any:  # noqa: ANN401 -- as in the class above
        return self._content


async def _actor(tokens: TokenVerifier, authorization: str | None) -> Actor:
    """Whom the header speaks for, by keys that are read again where that is due, or where it names a new one."""
    if tokens.keys.is_due():
        await run_in_threadpool(tokens.keys.renew)
    try:
        return tokens.actor(authorization)
    except Problem:
        if not tokens.keys.is_due():
            raise
        await run_in_threadpool(tokens.keys.renew)
        return tokens.actor(authorization)


class _Passage:
    def __init__(self, route: APIRoute) -> None:
        described = route.openapi_extra or {}
        self._roles = frozenset(described.get(ROLES, ()))
        self._upload = described.get(UPLOAD, False)
        self._json = route.body_field
        self._produces = tuple(route.responses.get(HTTPStatus.OK, {}).get("content", ())) or (JSON,)
        params = get_flat_params(route.dependant)
        self._query = frozenset(field.alias for field in params if isinstance(field.field_info, Query))
        self._headers = frozenset(field.alias for field in params if isinstance(field.field_info, Header))
        self._is_safe = "GET" in (route.methods or ())

    async def let_in(self, request: Request) -> Request:
        services: Services = request.state.services
        actor = await self._known(request, services)
        await services.rate_limits.admit(actor)
        self._may_ask(actor)
        if not accepts(every_one(request.headers, "Accept"), self._produces):
            raise Problem("not_acceptable", f"the answer here is {' or '.join(self._produces)}")
        self._knows_the_headers(request.headers)
        self._knows_the_query(request.query_params.multi_items())
        request.state.actor = actor
        return await self._with_body(request, services.limits)

    async def _known(self, request: Request, services: Services) -> Actor:
        try:
            return await _actor(services.tokens, the_one(request.headers, AUTHORIZATION))
        except Problem:
            if AUTHORIZATION in request.headers:  # who sends none was counted when he came in
                await services.rate_limits.admit_stranger(address_of(request.scope))
            raise

    def _may_ask(self, actor: Actor) -> None:
        if actor.role not in self._roles:
            raise NotYourMove("not_your_move", f"this is for {' or '.join(sorted(self._roles))}, not for {actor.role}")

    def _knows_the_headers(self, headers: Headers) -> None:
        for name in self._headers:
            the_one(headers, name)
        honour_conditions(headers, self._headers, safe=self._is_safe)

    def _knows_the_query(self, given: Sequence[tuple[str, str]]) -> None:
        for name, times in Counter(name for name, _ in given).items():
            if name not in self._query:
                raise invalid_field("query", name, "there is no such parameter")
            if times > 1:
                raise invalid_field("query", name, "is given more than once")
        for name, text in given:
            check_text(text, "query", name)

    async def _with_body(self, request: Request, limits: Limits) -> Request:
        if not (self._json or self._upload):
            return request
        _is_sent_as_it_is(request.headers)
        limit = limits.upload_bytes if self._upload else limits.body_bytes
        body = await read_body(request, limit=limit, seconds=limits.body_seconds)
        if self._upload:
            return _Admitted(request, body)
        return _Admitted(request, body, self._content(body, the_one(request.headers, CONTENT_TYPE)))

    def _content(self, body: bytes, content_type: str | None) -> dict[str, Any]:
        if not body and self._json and not self._json.field_info.is_required():
            return {}
        if not is_json(content_type):
            told = media_type(content_type) or "untold"
            raise Problem("unsupported_media_type", f"the body here is {JSON}, not {told}")
        return read_json(body)


def _is_sent_as_it_is(headers: Headers) -> None:
    coding = every_one(headers, CONTENT_ENCODING)
    if coding and coding.strip().lower() != "identity":
        detail = f"a body is taken as it is here, not with the Content-Encoding {coding}"
        raise Problem("unsupported_media_type", detail, headers={"Accept-Encoding": "identity"})
