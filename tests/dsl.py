"""Given, when, then: a test of the trade is a sentence, in the same words on every floor.

    given(opened(Reason.WRONG_ITEM), done(Reject(...), by=SELLER))
        .at("2026-03-09 09:00").when(Escalate(), by=BUYER)
        .then(RequestEscalated).stands(Status.SUPPORT_REVIEW)

The words speak to a *stage*: the pure domain by default (``tests.stage``), or any other floor that offers the same
methods, handed over as ``on=``.
"""

from domain.actors import Role
from domain.refund.transitions import TABLE
from domain.refusals import Refused
from domain.vocabulary import Reason
from tests.stage import DomainStage
from tests.trade import BUYER, EVERYONE, berlin, request

ACTORS = {actor.role: actor for actor in EVERYONE}


def given(*history, on=None, **world):
    """A story up to the moment under test: what was ``opened``, ``done``, ``reported``, left in ``silence``.

    ``world`` is what surrounds it: ``line``, ``policy``, ``seller``, ``buyer``, ``cancellation_open``,
    ``sale_cancelled``.
    """
    story = Story(on or DomainStage(**world))
    for chapter in history:
        chapter(story)
    return story


def opened(reason=Reason.WRONG_ITEM, at=None, by=BUYER, **fields):
    """A chapter: the request was made, by default on Friday 2026-03-06 at 18:00."""
    return done(request(reason, **fields), by=by, at=at)


def done(command, by=None, at=None):
    """A chapter: somebody did this and it worked."""

    def chapter(story):
        if at:
            story.at(at)
        story.when(command, by=by)
        if story.refusal:
            raise story.refusal

    return chapter


def reported(fact, at=None, dated=None, **fields):
    """A chapter: a fact of this kind was learned ``at``, and had happened then or was ``dated`` earlier."""

    def chapter(story):
        if at:
            story.at(at)
        story.when_reported(fact, dated=dated, **fields)

    return chapter


def silence():
    """A chapter: nobody did anything until the live deadline had passed."""
    return lambda story: story.when_nobody_acts()


class Story:
    """One story and what its last step led to."""

    def __init__(self, stage):
        self.stage = stage
        self.events = []
        self.refusal = None

    @property
    def case(self):
        return self.stage.case_at()

    # Time

    def at(self, moment):
        """Set the clock to a local time in Berlin; timers that run out on the way do not ring, as after a failure."""
        self.stage.now = berlin(moment) if isinstance(moment, str) else moment
        return self

    def when_nobody_acts(self, until=None):
        """Time goes by and the timers ring: until the live deadline, or until a local time in Berlin."""
        end = berlin(until) if until else self.case.deadline.due_at
        self.events, self.refusal = self.stage.let_pass(end), None
        return self

    # What happens

    def when(self, command, by=None, case=-1):
        """Somebody does this; who it is may be left out where only one role can. ``case`` picks an older case."""
        actor = by or only_actor(command)
        self.events, self.refusal = [], None
        try:
            self.events = self.stage.carry_out(command, actor, case)
        except Refused as refusal:
            self.refusal = refusal
        return self

    def when_reported(self, fact, dated=None, case=-1, **fields):
        """A fact of this kind is learned now, and happened now or was ``dated`` earlier."""
        happened_at = berlin(dated) if isinstance(dated, str) else dated or self.stage.now
        return self.when(fact(happened_at=happened_at, **fields), case=case)

    # What it leads to

    def then(self, *kinds, **fields):
        """Exactly these kinds of event were recorded, in order; the last of them with these fields."""
        if self.refusal:
            raise self.refusal
        assert [type(event) for event in self.events] == list(kinds)
        for name, expected in fields.items():
            assert plain(getattr(self.events[-1], name)) == expected, name
        return self

    def then_nothing(self):
        """Nothing was left to do, and nothing was refused."""
        return self.then()

    def then_refused(self, kind, rule=None, **facts):
        """It was refused, for this kind of reason, naming this rule and these facts."""
        assert type(self.refusal) is kind, f"{kind.__name__} expected, got {self.refusal!r} and {self.events}"
        assert rule in {None, self.refusal.rule}, f"{rule} expected, got {self.refusal.rule}"
        for name, expected in facts.items():
            assert self.refusal.facts[name] == expected, name
        return self

    def saying(self, *words):
        """The refusal's sentence holds these words."""
        for word in words:
            assert word in self.refusal.sentence
        return self

    def stands(self, status, outcome=None, **fields):
        """The case now stands there; ``fields`` are any of its own."""
        assert self.case.status is status
        assert self.case.outcome is outcome
        for name, expected in fields.items():
            assert getattr(self.case, name) == expected, name
        return self

    def due(self, moment, kind=None):
        """The live deadline ends at this local time in Berlin; None for no deadline."""
        deadline = self.case.deadline
        assert (deadline and deadline.due_at) == (moment and berlin(moment))
        assert kind is None or deadline.kind is kind
        return self

    def may(self, actor, *names):
        """Exactly these actions are open to the actor."""
        assert sorted(self.stage.actions(actor)) == sorted(names)
        return self


def only_actor(command):
    """The one actor who issues this command; the marketplace tells of refunds made elsewhere, though others may too."""
    roles = TABLE.roles[type(command)]
    (role,) = roles - {Role.PAYMENTS} or roles
    return ACTORS[role]


def plain(value):
    """Personal text as its text."""
    return value.text if hasattr(value, "text") and hasattr(value, "person") else value
