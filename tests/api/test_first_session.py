"""The first session that the API's page prints goes as the page says."""

import re
import shlex
from pathlib import Path

from domain.actors import Actor, Role
from tests.projections.views import Views

PAGE = Path(__file__).parents[2] / "docs" / "api" / "README.md"
(SESSION,) = re.findall(r"(?ms)^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"))
(CASE,) = re.findall(r"^case=(\S+)", SESSION, re.MULTILINE)
ASKED = re.findall(r"(?ms)^as (\w+) (\S+) (.*?)\s*(?=^as |^case=|\Z)", SESSION)


def sent(api, role, holder, words):
    """The answer to what these words have curl send."""
    options, urls = {"-H": None, "-d": None, "-X": None}, []
    words = iter(shlex.split(words.replace("$api", "/v1").replace("$case", CASE)))
    for word in words:
        if word in options:
            options[word] = next(words)
        else:
            urls.append(word)
    (url,) = urls
    return api(Actor(role=Role(role), id=holder)).send(
        options["-X"] or ("POST" if options["-d"] else "GET"),
        url,
        content=options["-d"],
        headers={"Content-Type": "application/json", **dict([options["-H"].split(": ")] if options["-H"] else [])},
    )


def test_it_leads_from_the_order_line_to_the_balance(api, engine):
    answers = []
    for asked in ASKED:
        answers.append(sent(api, *asked))
        Views(engine).catch_up()
    assert [answer.status_code for answer in answers if not answer.is_success] == []
    _seller, _line, opened, hub, tried, approved, balance, history = [answer.json() for answer in answers]
    assert (opened["id"], opened["deadline"]["due_at"]) == (CASE, "2026-03-10T17:00:00Z")
    assert [item["case"]["id"] for item in hub["items"]] == [CASE]
    assert tried["status"] == approved["status"] == "refund_pending"
    assert balance["items"][0]["balance"] == {"minor": -4590, "currency": "EUR"}
    assert [item["topic"] for item in history["items"]] == ["refund.requested.v1", "refund.approved.v1"]
