"""Mails on their way out: what each event tells whom, and reminders of what is not answered yet (SPEC §7.7)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.actors import Role
from domain.labels import label, notice_words
from domain.money import Money
from domain.notice import Channel, Notice
from domain.posting import Account
from domain.refund.events import OfferRaised, PartialRefundOffered, RequestOpened
from projections.dispatching import Job
from projections.outbox import MAIL_TO, JobKind
from projections.processes import Step, opening_of, step_of, waits_on
from projections.tellings import told_by
from scheduler.addressees import Addressees
from scheduler.courier import Limits, Outcome
from scheduler.letters import Addressee, Contents, write
from scheduler.ports.post import Post
from scheduler.ports.trouble import RefusedForGood
from store.application import DirectService
from store.envelope import Envelope

LOG = logging.getLogger(__name__)
TOO_LATE = timedelta(days=7)
"""A mail that could not be sent for so long is news no more; the app still tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailroom:
    """What every mail needs."""

    service: DirectService
    addressees: Addressees
    post: Post
    link: Callable[[Envelope], str | None] = lambda _: None
    """Where people look at the case or cancellation that an event belongs to."""

    def send(self, job: Job, history: Sequence[Envelope], notices: Sequence[Notice]) -> Outcome:
        """Mail what ``notices``, all to one party, tell of the last event of this history."""
        to = self.addressees.of(notices[0].to, opening_of(history[0]).line) if notices else None
        wanted = [notice for notice in notices if to and to.mail.wants(notice)]
        if to is None or not wanted:
            return Outcome.MOOT
        try:
            self.post.send(write(job.id, to, self._contents(history, wanted, to), job.due_at))
        except RefusedForGood as refusal:
            LOG.warning("mail %s of %s was refused: %s", job.id, job.stream_id, refusal.detail)
            return Outcome.REFUSED
        return Outcome.DONE

    def _contents(self, history: Sequence[Envelope], notices: Sequence[Notice], to: Addressee) -> Contents:
        opening, step, role = opening_of(history[0]), step_of(history[-1]), notices[0].to
        policy = history[0].policy
        assert policy is not None  # noqa: S101 -- whatever people are told of is pinned to one when it opens
        return Contents(
            sentences=tuple(notice_words(notice.template).said_in(to.locale) for notice in notices),
            title=opening.line.title,
            order_id=opening.line.order_id,
            reason=label(opening.reason, to.locale) if isinstance(opening, RequestOpened) else None,
            **_amounts(step, role),
            deadline=step.deadline if waits_on(step.status) is role else None,
            counted_in=self.service.policies[policy].calendar.zone,
            link=self.link(history[-1]),
        )


class SendMail:
    """Mails one party what an event tells it."""

    limits = Limits()

    def __init__(self, kind: JobKind, mailroom: Mailroom) -> None:
        """``kind`` is one of ``MAIL_TO``: each party's mails wait in a line of their own."""
        self.kind = kind
        self._role = MAIL_TO[kind]
        self._mailroom = mailroom

    def carry_out(self, job: Job) -> Outcome:
        """Send it, unless nobody can or wants to read it, or it comes far too late."""
        history = self._mailroom.service.log.history(job.stream_id)[: job.version]
        if self._mailroom.service.clock() - job.due_at > TOO_LATE:
            return Outcome.MOOT
        notices = [it for it in told_by(history).notices if it.to is self._role and Channel.EMAIL in it.channels]
        return self._mailroom.send(job, history, notices)


class SendReminder:
    """Reminds whoever is waited on, if he still is when the mail goes out."""

    kind = JobKind.MAIL_REMINDER
    limits = Limits()

    def __init__(self, mailroom: Mailroom) -> None:
        self._mailroom = mailroom

    def carry_out(self, job: Job) -> Outcome:
        """Send it, unless the case has moved on, the time is up, or the next reminder is due already."""
        history = self._mailroom.service.log.history(job.stream_id)
        now = self._mailroom.service.clock()
        if not _still_waits(history, job, now):
            return Outcome.MOOT
        notice = told_by(history).reminder
        return self._mailroom.send(job, history, [notice] if notice else [])


def _still_waits(history: Sequence[Envelope], job: Job, now: datetime) -> bool:
    reminded_of, standing = step_of(history[job.version - 1]), step_of(history[-1])
    runs = standing.deadline
    if runs is None or (standing.status, runs) != (reminded_of.status, reminded_of.deadline):
        return False
    next_is_due = any(job.due_at < at <= now for at in runs.remind_at)
    return now < runs.due_at and not next_is_due


def _amounts(step: Step, role: Role) -> dict[str, Money]:
    """What the event says of money, as far as it is this party's."""
    if role is Role.SELLER and step.posting and (minor := step.posting.minor_on(Account.SELLER)):
        return {"booked": Money(minor=minor, currency=step.posting.currency)}
    if role is Role.BUYER and isinstance(step, PartialRefundOffered | OfferRaised):
        return {"offered": step.amount}
    return {"refund": step.refund} if role is Role.BUYER and step.refund else {}
