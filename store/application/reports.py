"""The door for what the outside reports: a fact enters as a command, once however often it comes."""

from __future__ import annotations

import logging
from uuid import UUID, uuid5

from domain.actors import Actor
from domain.messages import FactCommand
from domain.refund.parcels import ParcelScan, parcel_number
from domain.refusals import CommandReused
from store import streams
from store.application.cancellation_record import cancellation_of
from store.application.cancellations import Cancellations
from store.application.errand import Errand
from store.application.parcels import Parcels
from store.application.refund_cases import RefundCases
from store.log import EventLog

LOG = logging.getLogger(__name__)


def report_command(stream_id: UUID, by: Actor, report_id: str) -> UUID:
    """The id of the command that a report becomes: however often it comes, it takes effect once."""
    return uuid5(stream_id, f"report/{by}/{report_id}")


class Reports:
    """Takes facts from the courier's answers, from webhooks, from local twins and from whoever polls the outside."""

    def __init__(
        self, log: EventLog, refund_cases: RefundCases, cancellations: Cancellations, parcels: Parcels
    ) -> None:
        self._log = log
        self._refund_cases = refund_cases
        self._cancellations = cancellations
        self._parcels = parcels

    def take(
        self, stream_id: UUID, fact: FactCommand, by: Actor, report_id: str, correlation_id: UUID | None = None
    ) -> None:
        """Record the fact on its case or cancellation, unless this report was taken before.

        ``report_id`` is the reporter's own name for the report. The same one with another content is not believed:
        the first stands. Raises Unknown where there is neither.
        """
        command_id = report_command(stream_id, by, report_id)
        errand = Errand(actor=by, command_id=command_id, correlation_id=correlation_id)
        try:
            self._desk(stream_id).handle(stream_id, fact, errand)
        except CommandReused:
            LOG.info("report %s of %s on %s came again with another content", report_id, by, stream_id)

    def scanned(self, scan: ParcelScan, by: Actor, report_id: str, correlation_id: UUID | None = None) -> None:
        """Record a parcel's scan, and on every case that travels with it, unless this report was taken before.

        As ``take``, for carriers who know a parcel by its tracking number alone. One that nobody named is kept.
        """
        command_id = report_command(streams.parcel(parcel_number(scan.number)), by, report_id)
        errand = Errand(actor=by, command_id=command_id, correlation_id=correlation_id)
        try:
            self._parcels.scanned(scan, errand)
        except CommandReused:
            LOG.info("report %s of %s on parcel %s came again with another content", report_id, by, scan.number)

    def _desk(self, stream_id: UUID) -> RefundCases | Cancellations:
        about_cancellation = cancellation_of(self._log.history(stream_id)) is not None
        return self._cancellations if about_cancellation else self._refund_cases
