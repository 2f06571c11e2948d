"""The catalogue of problems: complete, one kind for each refusal of the trade, a page for each kind."""

from http import HTTPStatus

import pytest

from api.answering.problem_catalogue import CATALOGUE, KINDS
from domain import refusals
from domain.refusals import Refused
from tests.api.asking import refused

OF_THE_TRADE = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, Refused)]


@pytest.mark.parametrize("refusal", [kind for kind in OF_THE_TRADE if kind is not Refused])
def test_every_refusal_of_the_trade_has_its_kind_of_problem(refusal):
    assert HTTPStatus.BAD_REQUEST <= KINDS[refusal.kind].status < HTTPStatus.INTERNAL_SERVER_ERROR


def test_kinds_are_told_apart_by_name_and_title():
    assert len(KINDS) == len({kind.title for kind in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_the_type_of_a_problem_is_a_page_that_says_what_to_do(api, kind):
    page = api.client.get(kind.type)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for words in (str(kind.status.value), "What to do", "For example", kind.type):
        assert words in page.text
    assert "`" not in page.text
    assert kind.type in api.client.get("/problems").text


def test_a_problem_that_there_is_not_has_no_page(api):
    refused(api.client.get("/problems/bad-luck"), 404, "unknown")
