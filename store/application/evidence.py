"""Uploads on the write side: content told by its bytes, sealed with its owner's key, its digest in the log."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

from domain.actors import Actor, Role
from domain.evidence import LARGEST_UPLOAD, EvidenceUploaded, MediaType
from domain.messages import Value
from domain.refund.case import Case
from domain.refusals import NotYourMove, RuleBroken, Unknown
from store import streams
from store.application.counter import Counter
from store.application.errand import Errand, Receipt, fingerprint
from store.envelope import Draft
from store.evidence_files import EvidenceFiles
from store.log import Append, EventLog, Tip
from store.vault import Vault

UPLOADERS = frozenset({Role.BUYER, Role.SELLER, Role.SUPPORT})
HEIC_BRANDS = frozenset({b"heic", b"heix", b"mif1", b"msf1"})


def media_type_of(content: bytes) -> MediaType:
    """What the bytes are, whatever their name says. Raises RuleBroken for anything but a photo."""
    if content.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return MediaType.WEBP
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return MediaType.HEIC
    allowed = ", ".join(MediaType)
    raise RuleBroken("not_a_photo", f"the content is none of {allowed}", allowed=list(MediaType))


class _Upload(Value):
    digest: str


class Evidence:
    """Takes uploads in and hands them out to those who may see them."""

    def __init__(
        self, log: EventLog, counter: Counter, vault: Vault, files: EvidenceFiles, clock: Callable[[], datetime]
    ) -> None:
        self._log = log
        self._counter = counter
        self._vault = vault
        self._files = files
        self._clock = clock

    def upload(self, content: bytes, errand: Errand) -> tuple[EvidenceUploaded, Receipt]:
        """Keep a photo for its uploader; in a preview, only look at it.

        Raises NotYourMove, or RuleBroken for what is too large or no photo.
        """
        uploaded = self._described(content, errand)
        asked = fingerprint("evidence", _Upload(digest=uploaded.digest), errand.actor)

        def attempt() -> Receipt:
            now = self._clock()
            if not errand.preview:
                sealed = self._vault.encrypt_bytes(uploaded.owner, content, aad=uploaded.evidence_id.bytes)
                self._files.put(uploaded.evidence_id, sealed)
            append = Append(Tip(uploaded.evidence_id), [(Draft(uploaded, now, None), errand.cause(now))])
            return self._counter.write(errand, asked, [append], stream_id=uploaded.evidence_id, now=now)

        return uploaded, self._counter.carry_out(errand, asked, attempt)

    def _described(self, content: bytes, errand: Errand) -> EvidenceUploaded:
        if errand.actor.role not in UPLOADERS:
            raise NotYourMove(
                "not_your_move", f"evidence is uploaded by buyer, seller or support, not {errand.actor.role}"
            )
        if len(content) > LARGEST_UPLOAD:
            raise RuleBroken(
                "upload_too_large",
                f"{len(content)} bytes are more than {LARGEST_UPLOAD}",
                limit=LARGEST_UPLOAD,
                size=len(content),
            )
        return EvidenceUploaded(
            evidence_id=uuid5(streams.HOUSE, f"evidence/{errand.actor}/{errand.command_id}"),
            owner=str(errand.actor),
            digest=hashlib.sha256(content).hexdigest(),
            media_type=media_type_of(content),
            size=len(content),
        )

    def content(self, evidence_id: UUID, actor: Actor, shown_in: Case | None = None) -> tuple[EvidenceUploaded, bytes]:
        """The photo, for its uploader, for a party of a case that shows it, for support and auditors.

        Raises Unknown when there is none for this actor, or its owner's data was erased.
        """
        event = next((envelope.payload for envelope in self._log.history(evidence_id)), None)
        if not isinstance(event, EvidenceUploaded) or not _may_see(event, actor, shown_in):
            raise _unknown(evidence_id)
        sealed = self._files.get(evidence_id)
        content = self._vault.decrypt_bytes(sealed, aad=evidence_id.bytes) if sealed else None
        if content is None:
            raise _unknown(evidence_id)
        return event, content


def _may_see(event: EvidenceUploaded, actor: Actor, shown_in: Case | None) -> bool:
    if event.owner == str(actor) or actor.role in {Role.SUPPORT, Role.AUDITOR}:
        return True
    return shown_in is not None and event.evidence_id in shown_in.evidence


def _unknown(evidence_id: UUID) -> Unknown:
    return Unknown("unknown_evidence", f"no evidence {evidence_id} that you may see", evidence_id=str(evidence_id))
