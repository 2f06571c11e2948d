"""Our table and the decided process model, driven by the same words, tell the same story (SPEC §4)."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.domain.refund.explore import OPENINGS
from tests.domain.refund.lockstep import (
    WHY_SKIPPED,
    Model,
    Ours,
    deviations,
    difference,
    disagreement,
    load_model,
    word_of,
)
from tests.domain.refund.model_words import PEOPLES, WORDS
from tests.domain.refund.walks import mask, random_walks, recording, tells

SEEDS = range(1, 7)
WALKS = 200
MODEL = load_model()
beside_the_model = pytest.mark.skipif(MODEL is None, reason=WHY_SKIPPED)


@pytest.mark.parametrize(("reason", "route"), OPENINGS)
def test_the_recorded_walks_lead_where_the_model_led(reason, route):
    for line in recording():
        if line["opening"] != [reason, route]:
            continue
        ours = Ours(reason, route)
        for word, told, may in line["walk"]:
            if word != "opened":
                ours.take(word)
            assert tells(ours.told()) == told, word
            assert mask(ours.allowed()) == may, word


@beside_the_model
def test_the_recorded_walks_are_the_models():
    taken = set()
    for walk in recording():
        model = Model.opened(MODEL, *walk["opening"])
        for word, told, _ in walk["walk"]:
            if word != "opened":
                row = model.live()[word]
                taken.add(row)
                model = model.after(row)
            assert tells(model.told()) == told
    assert taken == {row for row in MODEL.ROWS if row[1] != "new"}


@beside_the_model
def test_every_word_of_the_model_has_one_of_ours():
    assert set(WORDS) == {word_of(row) for row in MODEL.ROWS if row[1] != "new"}


@beside_the_model
@pytest.mark.parametrize("seed", list(SEEDS))
def test_random_walks_find_the_same_states_and_the_same_refusals(seed):
    checked = set()
    for walk in random_walks(MODEL, seed, WALKS):
        for model, ours in walk:
            assert not difference(model, ours)
            if model.state not in checked:
                checked.add(model.state)
                assert not disagreement(model, ours, model.live())


class AnyWordAtAnyTime(RuleBasedStateMachine):
    """Hypothesis picks the words, and shrinks a disagreement to the shortest story that shows it."""

    @initialize(opening=st.sampled_from(OPENINGS))
    def opened(self, opening):
        self.model, self.ours = Model.opened(MODEL, *opening), Ours(*opening)

    def words(self):
        not_here = deviations(self.model.told())[0]
        return [word for word in self.model.live() if not self.ours.is_unanswerable(word) and word not in not_here]

    @precondition(lambda self: self.words())
    @rule(data=st.data())
    def one_more_word(self, data):
        word = data.draw(st.sampled_from(self.words()))
        row = self.model.live()[word]
        self.ours.take(word)
        self.model = self.model.after(row)

    @rule(word=st.sampled_from(PEOPLES))
    def somebody_tries_a_word(self, word):
        if not self.ours.is_unanswerable(word):
            refused_here, allowed_here = deviations(self.model.told())
            known = word in refused_here | allowed_here
            assert known or self.ours.allows(word) == (word in self.model.live())

    @invariant()
    def the_same_story(self):
        assert not difference(self.model, self.ours)


@beside_the_model
def test_any_word_at_any_time():
    run_state_machine_as_test(AnyWordAtAnyTime, settings=settings(max_examples=60, stateful_step_count=25))
