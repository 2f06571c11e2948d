"""Carriers through the marketplace's own shipping service, which knows where its buyers live."""

from __future__ import annotations

import json
from http import HTTPStatus
from uuid import UUID

from pydantic import BaseModel

from domain.messages import Instant
from domain.money import ToldMoney
from domain.order.facts import Reference, Tracking
from scheduler.adapters.asking import Service
from scheduler.ports.carriers import IssuedLabel, LabelOrder


class _Label(BaseModel):
    """What is read of a label."""

    tracking: Tracking
    cost: ToldMoney
    issued_at: Instant
    document: Reference | None = None


class ShippingService:
    """Keeps the promises of ``Carriers``, as far as the service keeps to one label a key."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def issue(self, order: LabelOrder) -> IssuedLabel:
        """As ``Carriers`` promises."""
        wanted = {
            "case_id": str(order.case_id),
            "order_id": order.order_id,
            "buyer_id": order.buyer_id,
            "to": json.loads(order.to),
            "currency": order.currency,
        }
        label = self._service.ask("PUT", _place(order.key), json=wanted).read(_Label)
        return IssuedLabel(tracking=label.tracking, cost=label.cost, issued_at=label.issued_at, document=label.document)

    def void(self, key: UUID) -> None:
        """As ``Carriers`` promises."""
        answer = self._service.ask("DELETE", _place(key))
        if answer.error and answer.status != HTTPStatus.NOT_FOUND:
            raise answer.error.refusal


def _place(key: UUID) -> str:
    return f"labels/{key}"
