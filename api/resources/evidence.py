"""Evidence: photos uploaded as they are, and handed out to those who may see them (SPEC §8)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answering.answers import ANY_BODY, FORESEEN, FRESH, answer, attachment, may_answer
from api.entrance.door import UPLOAD, admits, behind_the_door
from api.requests.errands import Asking, Decided
from api.requests.preconditions import IfNoneMatch, is_known
from api.requests.strictness import Id
from api.schemas.evidence import Upload
from api.services import Given
from domain.actors import Role
from domain.evidence import EvidenceUploaded, MediaType

router = behind_the_door("evidence")
EVIDENCE = "/v1/evidence"
BINARY: dict[str, Any] = {media.value: {"schema": {"type": "string", "format": "binary"}} for media in MediaType}
ANY_BINARY = {**BINARY, "application/octet-stream": BINARY[MediaType.JPEG]}
"""What a photo may be called when it comes; what it is, its bytes tell."""
CONTENT = {**FRESH, "Content-Security-Policy": "default-src 'none'; sandbox"}
"""A photo is data of strangers: never run, never shown as a page."""


async def content_of(request: Request) -> bytes:
    """The photo, read by the door."""
    return await request.body()


@router.post(
    EVIDENCE,
    operation_id="upload_evidence",
    summary="Upload a photo",
    status_code=HTTPStatus.CREATED,
    response_model=Upload,
    responses={
        HTTPStatus.OK: {"model": Upload, "description": FORESEEN},
        **may_answer(*ANY_BODY, HTTPStatus.CONFLICT),
    },
    **admits(
        Role.BUYER, Role.SELLER, Role.SUPPORT, requestBody={"required": True, "content": ANY_BINARY}, **{UPLOAD: True}
    ),
)
def upload(given: Given, errand: Decided, content: Annotated[bytes, Depends(content_of)]) -> Response:
    """The body is the photo itself. Only its uploader can name it in a case, until the case shows it."""
    uploaded, _receipt = given.door.evidence.upload(content, errand)
    shown = Upload.model_validate(uploaded, from_attributes=True)
    if errand.preview:
        return answer(shown)
    headers = {"Location": f"{EVIDENCE}/{uploaded.evidence_id}", "ETag": _tag(uploaded)}
    return answer(shown, HTTPStatus.CREATED, headers)


@router.get(
    f"{EVIDENCE}/{{evidence_id}}",
    operation_id="get_evidence",
    summary="A photo's content",
    response_class=Response,
    responses={HTTPStatus.OK: {"content": BINARY}, **may_answer(HTTPStatus.NOT_FOUND)},
    **admits(Role.BUYER, Role.SELLER, Role.SUPPORT, Role.AUDITOR),
)
def get(
    given: Given,
    actor: Asking,
    evidence_id: Annotated[Id, Path()],
    case: Annotated[Id | None, Query(description="A case of the caller's that shows it")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """For its uploader; for the parties of the case that shows it; for support and auditors."""
    shown_in = given.door.refund_cases.find(case, actor).case if case else None
    photo, content = given.door.evidence.content(evidence_id, actor, shown_in)
    tag = _tag(photo)
    if is_known(if_none_match, tag):
        return Response(None, HTTPStatus.NOT_MODIFIED, {**FRESH, "ETag": tag})
    headers = {**CONTENT, "ETag": tag, **attachment(_name(photo))}
    return Response(content, headers=headers, media_type=photo.media_type)


def _tag(photo: EvidenceUploaded) -> str:
    return f'"{photo.digest}"'


def _name(photo: EvidenceUploaded) -> str:
    return f"{photo.evidence_id}.{photo.media_type.name.lower()}"
