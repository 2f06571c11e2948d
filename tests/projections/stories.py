"""Random stories through the real door: many cases at once, anyone doing anything the table may allow."""

import random
from contextlib import suppress
from datetime import timedelta

from domain.actors import Actor, Role
from domain.cancellation.transitions import ROWS as CANCELLATION_ROWS
from domain.refund import commands as c
from domain.refund.commands import Expire
from domain.refund.requirements import evidence_named
from domain.refund.situation import Context, Situation
from domain.refund.transitions import ROWS
from domain.refusals import Refused
from domain.seller.adjustments import PostPayout, PostProceeds
from domain.vocabulary import Reason
from tests.service import BUYER, MARKETPLACE, SELLER, SUPPORT, order_line
from tests.trade import EVERYONE, HOME, STANDARD
from tests.valid import valid

ACTORS = {actor.role: actor for actor in EVERYONE} | {Role.BUYER: BUYER, Role.SELLER: SELLER}
SELLERS = ("s-1", "s-2", "s-3")
REASONS = (Reason.WRONG_ITEM, Reason.DEFECTIVE, Reason.ITEM_MISSING, Reason.OTHER)


MOSTLY = 0.8
UNSHIPPED = 0.3
RARITY = {
    c.ReportChargeback: 0.05,
    c.ReportRefundElsewhere: 0.05,
    c.Withdraw: 0.1,
    c.TakeOverForFraud: 0.2,
    c.TakeOver: 0.3,
    c.SendMessage: 0.3,
    c.AddEvidence: 0.2,
}


class RandomStory:
    """Sells some lines and lets things happen to them; what is refused leaves no trace."""

    def __init__(self, service, seed, lines=40):
        self.service = service
        self.random = random.Random(seed)  # noqa: S311 -- a story, repeatable, not a secret
        self.cases = []
        self.cancellations = []
        self.lines = [f"o-{seed}-{number}" for number in range(lines)]
        for seller_id in SELLERS:
            service.enrol(Actor(role=Role.SELLER, id=seller_id))
        service.sold(*(self._line(line) for line in self.lines))

    def _line(self, line_id):
        """Some lines are on their way, some are not shipped yet."""
        fresh = {"shipped_at": None, "delivered_at": None, "purchased_at": self.service.now}
        return order_line(
            line_id, seller_id=self.random.choice(SELLERS), **(fresh if self.random.random() < UNSHIPPED else {})
        )

    def go_on(self, steps):
        chapters = [self._move, self._submit, self._cancel, self._wait, self._report]
        for _ in range(steps):
            (chapter,) = self.random.choices(chapters, [20, 4, 3, 2, 1])
            with suppress(Refused):
                chapter()
        return self

    def settle_accounts(self):
        """The marketplace posts what some sales brought, and pays out some of it."""
        post, errand = self.service.door.adjustments.post, self.service.errand
        for number, line_id in enumerate(self.lines):
            facts = self.service.door.order_lines.find(line_id).facts
            sale = PostProceeds(happened_at=self.service.now, amount=facts.price, line_id=line_id)
            paid = PostPayout(happened_at=self.service.now, amount=facts.price)
            for adjustment in (sale, paid)[: 1 + number % 2]:
                post(facts.seller_id, line_id, adjustment, errand(MARKETPLACE))
        return self

    def _submit(self):
        self.cases.append(self.service.submit(self.random.choice(self.lines), self.random.choice(REASONS)))

    def _cancel(self):
        """A cancellation is asked for, or one of those asked for goes on."""
        if not self.cancellations or self.random.random() < UNSHIPPED:
            self.cancellations.append(self.service.cancel(self.random.choice(self.lines)))
            return
        cancellation_id = self.random.choice(self.cancellations)
        request = self.service.door.cancellations.find(cancellation_id, SUPPORT).cancellation
        row = self.random.choice([row for row in CANCELLATION_ROWS if row.status is request.status])
        if row.command is not Expire:
            command = valid(row.command, request, self.service.now)
            self.service.answer_cancellation(cancellation_id, command, self._actor(row.actor, request))

    def _move(self):
        if not self.cases:
            return
        case_id = self.random.choice(self.cases)
        case = self.service.case(case_id)
        row = self._possible_row(case)
        if row is None or (not case.is_open and self.random.random() < MOSTLY):
            return
        actor = self._actor(row.actor, case)
        command = valid(row.command, case, self.service.now)
        uploads = [self.service.upload(actor) for _ in evidence_named(command)]
        if uploads:
            command = command.model_copy(update={"evidence": tuple(uploads)})
        self.service.handle(case_id, command, actor)

    def _possible_row(self, case):
        """Any row of the table that holds now; ends that nobody decides, and words, only now and then."""
        rows = [row for row in ROWS if row.status is case.status and row.command is not Expire]
        held = [row for row in rows if row.when(Situation(case, None, self._context(row.actor, case)))]
        return self.random.choices(held, [RARITY.get(row.command, 1.0) for row in held])[0] if held else None

    def _context(self, role, case):
        now = self.service.now
        return Context(
            actor=self._actor(role, case), now=now, happened_at=now, policy=STANDARD, return_address=HOME, evidence={}
        )

    def _actor(self, role, case):
        return Actor(role=role, id=case.line.seller_id) if role is Role.SELLER else ACTORS[role]

    def _wait(self):
        self.service.now += timedelta(hours=self.random.choice([1, 5, 30]))
        self.service.door.overtake([*self.cases, *self.cancellations])

    def _report(self):
        line = self.random.choice(self.lines)
        known = self.service.door.order_lines.find(line).facts
        changed = known.model_copy(update={"title": f"Camera number {self.random.randint(1, 99)}"})
        self.service.door.order_lines.record([changed], self.service.errand(MARKETPLACE))
