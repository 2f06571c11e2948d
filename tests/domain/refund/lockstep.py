"""The decided process model and our table in lockstep: one step through both, and what each allows there."""

import importlib.util
from pathlib import Path

from domain.buyer.standing import BuyerStanding
from domain.refund.commands import SubmitRequest
from domain.refund.decide import decide
from domain.refusals import Refused
from tests.domain.refund.model_words import (
    MINUTE,
    PEOPLES,
    REASONS,
    RETURNS,
    SAME_WORD,
    as_the_model_tells,
    command_for,
)
from tests.stage import DomainStage
from tests.trade import BUYER, line_for, request

MODEL_FILE = Path(__file__).parents[4] / "shared" / "process_model.py"
WHY_SKIPPED = "the decided process model is not beside the project; the recorded walks are replayed all the same"


def load_model():
    """The model as a module, or None where its file does not stand beside the project."""
    if not MODEL_FILE.exists():
        return None
    spec = importlib.util.spec_from_file_location("process_model", MODEL_FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Ours:
    """Our side: a case that takes the model's words."""

    def __init__(self, reason, route):
        line = line_for(REASONS[reason])
        self.stage = DomainStage(line=line, buyer=BuyerStanding(under_review=route == "support"))
        self.stage.carry_out(request(REASONS[reason]), BUYER)

    @property
    def case(self):
        return self.stage.case_at(0)

    def told(self):
        """The case in the model's words."""
        return as_the_model_tells(self.case)

    def take(self, word):
        """Carry the word out, a minute later, or at the deadline where it is the timer's."""
        self.stage.now += MINUTE
        if word == "system.timeout":
            return self.stage.let_pass(self.case.deadline.due_at, 0)
        return self.stage.carry_out(*command_for(word, self.case, self.stage.now), 0)

    def allows(self, word):
        """Whether it would be carried out now; nothing happens."""
        command, actor = command_for(word, self.case, self.stage.now)
        try:
            if isinstance(command, SubmitRequest):
                self.stage.branch().carry_out(command, actor)
            else:
                decide(self.case, command, self.stage.context(actor, command))
        except Refused:
            return False
        return True

    def allowed(self):
        """Every word of a person that would be carried out now."""
        return frozenset(word for word in PEOPLES if not self.is_unanswerable(word) and self.allows(word))

    def is_unanswerable(self, word):
        """The model lets the buyer answer a proposal that was never made."""
        nothing_proposed = self.case.proposed_item is None or self.case.item_agreed is not None
        return word == "buyer.answer_replacement_item" and nothing_proposed

    def branch(self):
        twin = object.__new__(Ours)
        twin.stage = self.stage.branch()
        return twin


class Model:
    """The model's side: one of its states, and the rows that are live in it."""

    def __init__(self, module, state):
        self.module, self.state = module, state

    @classmethod
    def opened(cls, module, reason, route):
        fields = dict(module.FIELDS, reason=reason, route=route)
        new = cls(module, tuple(sorted(fields.items())))
        (row,) = new.live().values()
        return new.after(row)

    def live(self):
        """The live row of every word that the world could bring now."""
        module, state = self.module, self.state
        status = dict(state)["status"]
        return {
            word_of(row): row
            for row in module.ROWS
            if row[1] == status
            and module.holds(row[6], state)
            and module.holds(module.FACTS.get((row[2], row[3]), "True"), state)
        }

    def after(self, row):
        return Model(self.module, self.module.step(self.state, row))

    def told(self):
        """Its state, as far as it tells what a case is."""
        told = dict(self.state)
        told.pop("reason")
        told["ret"] = RETURNS.get(told["ret"], told["ret"])
        told["ret"] = "open" if told["ret"] == "void" else told["ret"]
        return told


def deviations(told):
    """Where we decided otherwise than the model, as recorded in docs/decisions: words it allows, words it lacks."""
    granted = told["outcome"] == "return_not_shipped" and told["bysup"]
    paid_outside = told["status"] == "closed" and told["made"] > 0
    refused_here = {"buyer.refile"} if granted or paid_outside else set()
    sent_back = told["status"] == "support_review" and told["ret"] == "back" and told["refund"] == "none"
    allowed_here = {"support.deny"} if sent_back else set()
    return refused_here, allowed_here


def difference(model, ours):
    """What the two tell differently of the same history; nothing when they agree."""
    mine, its = ours.told(), model.told()
    return {name: (its[name], mine[name]) for name in its if its[name] != mine[name]}


def disagreement(model, ours, live):
    """The people's words that one side allows and the other refuses, beyond the recorded deviations."""
    refused_here, allowed_here = deviations(model.told())
    its = {word for word in live if word in PEOPLES and not ours.is_unanswerable(word)}
    return (its - refused_here) ^ (ours.allowed() - allowed_here)


def word_of(row):
    """What a row of the model is called here."""
    word = f"{row[2]}.{row[3]}"
    return SAME_WORD.get(word, word)
