"""The catalogue of problems: every kind of error answer, its status, and what its page says (DESIGN §6)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; ``name`` is the code of the domain's refusal where there is one."""

    name: str
    status: HTTPStatus
    title: str
    meaning: str
    remedy: str

    @property
    def slug(self) -> str:
        """The last part of its type's address."""
        return self.name.replace("_", "-")

    @property
    def type(self) -> str:
        """What ``type`` says in a problem, and where its page is."""
        return f"/problems/{self.slug}"


CATALOGUE = (
    Kind(
        "malformed",
        HTTPStatus.BAD_REQUEST,
        "The request cannot be read",
        "The body is no JSON object in UTF-8, or a header has no form that this service knows.",
        "Correct what `detail` names; the same request can never succeed.",
    ),
    Kind(
        "idempotency_key_required",
        HTTPStatus.BAD_REQUEST,
        "An Idempotency-Key is required",
        "A POST that opens or moves something carries the header `Idempotency-Key`: a UUID, or up to 255 visible"
        " ASCII characters. The same key twice has one effect.",
        "Choose a fresh key for each intention and keep it for every repetition of the same one.",
    ),
    Kind(
        "unauthenticated",
        HTTPStatus.UNAUTHORIZED,
        "Who you are is not known",
        "The bearer token is missing, expired, not from the issuer, not for this service, or says too little.",
        "Ask the issuer for a fresh token; `detail` says what was wrong with this one.",
    ),
    Kind(
        "not_signed",
        HTTPStatus.UNAUTHORIZED,
        "The webhook is not signed as it must be",
        "The signature is missing, too old, or by a secret that is not known here; nothing was read.",
        "Sign the bytes that are sent, with a secret that both sides have, and send them at once.",
    ),
    Kind(
        "not_your_move",
        HTTPStatus.FORBIDDEN,
        "Someone else may do this",
        "What was asked is for another role, as `GET /v1/process` tells.",
        "Leave it to that role.",
    ),
    Kind(
        "unknown",
        HTTPStatus.NOT_FOUND,
        "No such thing",
        "It does not exist, or it is not yours to know of; the answer is the same for both.",
        "Check the address and whose token is sent.",
    ),
    Kind(
        "method_not_allowed",
        HTTPStatus.METHOD_NOT_ALLOWED,
        "Not with this method",
        "The address exists; the header `Allow` names its methods.",
        "Use one of them.",
    ),
    Kind(
        "not_acceptable",
        HTTPStatus.NOT_ACCEPTABLE,
        "No answer in that form",
        "The header `Accept` leaves out the only form in which this address answers.",
        "Accept what `detail` names, or send no `Accept`.",
    ),
    Kind(
        "body_too_slow",
        HTTPStatus.REQUEST_TIMEOUT,
        "The body took too long",
        "The request's body did not arrive within the time that the service waits for one.",
        "Send it again; with the same `Idempotency-Key` that is safe.",
    ),
    Kind(
        "not_allowed_now",
        HTTPStatus.CONFLICT,
        "Not possible as things stand",
        "The case is in a status, or something is missing, so that this cannot be done; `possible` names what can.",
        "Look at the case again and choose one of the possible actions.",
    ),
    Kind(
        "deadline_passed",
        HTTPStatus.CONFLICT,
        "The time to answer has ended",
        "The command came at or after the deadline; what silence leads to was applied first.",
        "Look at the case again; `possible` names what can be done now.",
    ),
    Kind(
        "command_in_flight",
        HTTPStatus.CONFLICT,
        "Being worked on at this moment",
        "The same command is under way, or others keep moving the same thing first.",
        "Repeat with the same `Idempotency-Key` after `Retry-After` seconds.",
    ),
    Kind(
        "stale_version",
        HTTPStatus.PRECONDITION_FAILED,
        "Decided on an old version",
        "`If-Match` names another version than the newest; nothing was recorded.",
        "Read it again, decide again, and send its new `ETag`.",
    ),
    Kind(
        "too_large",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "More than is taken",
        "The body has more bytes than this address takes.",
        "Send less; `facts.limit` is the number of bytes.",
    ),
    Kind(
        "unsupported_media_type",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "A body of another type is expected",
        "The header `Content-Type` is missing, or names what this address does not take.",
        "Send what `detail` names.",
    ),
    Kind(
        "invalid_field",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "A field is not as it should be",
        "The request can be read, but fields are missing, unknown or not of their declared form. `errors` lists each"
        " with a JSON pointer into the body, or the name of the parameter.",
        "Correct every field listed.",
    ),
    Kind(
        "rule_broken",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "A rule of the trade forbids it",
        "The move is possible, but what was sent breaks the rule that `rule` names; `facts` holds its numbers.",
        "Change what was sent so that the rule holds.",
    ),
    Kind(
        "command_reused",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The key belongs to something else",
        "This `Idempotency-Key` took effect before, with another content.",
        "Choose a fresh key for a new intention.",
    ),
    Kind(
        "too_many_requests",
        HTTPStatus.TOO_MANY_REQUESTS,
        "You ask too often",
        "More requests came with this token's holder, or without a valid token from this address, than are taken.",
        "Wait `Retry-After` seconds, then ask more slowly.",
    ),
    Kind(
        "headers_too_large",
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "More headers than are taken",
        "The request's line and headers together have more bytes than this service takes.",
        "Send less; a token that grew too long is the usual cause.",
    ),
    Kind(
        "too_many_streams",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many streams are open",
        "The caller keeps as many server-sent streams open as one caller may.",
        "Close one of them, or read page by page.",
    ),
    Kind(
        "internal",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The service failed",
        "Something went wrong that should not have. It is logged under `correlation_id`.",
        "Repeat with the same `Idempotency-Key`, which is safe; if it stays, name the correlation id to the operator.",
    ),
    Kind(
        "unavailable",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Not available at this moment",
        "The database is away or too busy, or something else that is needed; nothing was recorded.",
        "Repeat after `Retry-After` seconds.",
    ),
    Kind(
        "overloaded",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Too much at once",
        "As many requests are under way as this process takes; this one was not begun.",
        "Repeat after `Retry-After` seconds.",
    ),
    Kind(
        "in_doubt",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "It may or may not have taken effect",
        "The connection to the database broke before its answer came.",
        "Repeat with the same `Idempotency-Key`: if it took effect, the answer is given again, else it takes effect.",
    ),
    Kind(
        "not_yet",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The view has not come that far",
        "The view has not yet read the log up to `min_position`.",
        "Repeat after `Retry-After` seconds, or ask without `min_position`.",
    ),
)
KINDS = {kind.name: kind for kind in CATALOGUE}
