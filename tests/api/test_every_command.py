"""Every command of the table through HTTP: each recorded walk leads where it led, and each action offered is one."""

import pytest

from api.matters.moves import commands_of
from api.matters.refund_cases import REFUND_CASES
from domain.action import action_name
from domain.actors import Role
from domain.refund.transitions import TABLE
from tests.api.asking import id_of, opened, refused
from tests.api.over_http import OverHttp, allowed
from tests.domain.refund.model_words import WORDS
from tests.domain.refund.walks import recording
from tests.trade import BUYER, EVERYONE
from tests.valid import valid

WALKS = recording()
BESIDE_THE_MODEL = {"SendMessage", "AddEvidence", "ReportReturnLabelIssued", "ReportChargebackReversed"}
"""What moves no case by itself: the model leaves it out."""


@pytest.mark.parametrize("number", range(len(WALKS)))
def test_a_walk_leads_over_http_where_it_led(api, number):
    walk = WALKS[number]
    case = OverHttp(api, *walk["opening"])
    for word, told, may in walk["walk"]:
        if word != "opened":
            case.take(word)
        assert case.told() == told, word
        assert case.offered() == allowed(may), word


def test_the_walks_take_every_command():
    words = {word for walk in WALKS for word, *_ in walk["walk"]}
    taken = {WORDS[word][1].__name__ for word in words if word in WORDS}
    assert {command.__name__ for command in commands_of(REFUND_CASES)} - taken <= BESIDE_THE_MODEL


@pytest.mark.parametrize("actor", [actor for actor in EVERYONE if actor.role is not Role.SYSTEM], ids=str)
def test_a_command_is_for_the_roles_of_the_table_alone(api, actor):
    href = opened(api)
    before, case = api.head(), api.service.case(id_of(href))
    for command in commands_of(REFUND_CASES):
        if actor.role not in TABLE.roles[command]:
            body = valid(command, case, api.service.now).model_dump(mode="json", exclude_none=True)
            answer = api(actor).post(f"{href}/{action_name(command)}", body)
            refused(answer, 403, "not-your-move", naming=f"not for {actor.role}")
    assert api.head() == before


def test_the_clock_has_no_address(api):
    refused(api(BUYER).post(f"{opened(api)}/expire", {}), 404, "unknown")
