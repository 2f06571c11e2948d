"""Processes are killed at any moment while cases run: what was acknowledged stands, and takes effect once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from signal import SIGTERM
from threading import Event
from uuid import uuid4

import httpx2
import pytest

from api.requests.idempotency import command_id
from domain.actors import Actor, Role
from runtime.clock import SandboxClock, system_clock
from tests.faults.installation import PARTS, Installation
from tests.faults.soundness import assert_sound
from tests.faults.town import AT_ONCE, CASES, PAUSE, TIMES, TRIES, Town
from tests.service import SELLER

KILLED_EVERY_SECONDS = 0.7
REFUSED = 400


class Parties:
    """Buyers and their seller, who speak to the API and repeat what was not answered."""

    def __init__(self, installation):
        self._installation = installation
        self._pause = Event()
        self.acknowledged = []
        self.unheard = 0

    def play(self, number):
        """One case: a third is approved, a third gets an offer, a third meets silence."""
        buyer = Actor(role=Role.BUYER, id=f"b-{number}")
        request = {"line_id": f"line-{number}", "reason": "item_missing", "description": "It is not in the box."}
        case = self._post(buyer, "/v1/refund-cases", request).headers["Location"]
        if number % 3 == 0:
            self._post(SELLER, f"{case}/approve-without-return")
        if number % 3 == 1:
            amount = {"minor": 1200, "currency": "EUR"}
            self._post(SELLER, f"{case}/offer-partial-refund", {"amount": amount})

    def _post(self, actor, url, body=None):
        key = str(uuid4())
        with self._installation.client(actor) as client:
            for _ in range(TRIES):  # a process takes seconds to start again
                try:
                    answer = client.post(url, json=body, headers={"Idempotency-Key": key})
                    if answer.status_code < REFUSED:
                        self.acknowledged.append(command_id(actor, key))
                        return answer
                    assert answer.status_code in {409, 429, 503}, answer.text
                except httpx2.TransportError:
                    pass
                self.unheard += 1
                self._pause.wait(PAUSE)
        raise AssertionError(f"{url} was not answered")


@pytest.fixture
def founded(server, tmp_path):
    """A seller and order lines, on the house's time of today; the town's own clock and courier do nothing."""
    today = Town(server.url, tmp_path)
    today.now = system_clock()
    today.sells(range(CASES))
    yield today
    today.engine.dispose()


@pytest.mark.timeout(600)
def test_what_was_acknowledged_stands_whichever_process_is_killed_when(founded, server, owner, tmp_path):
    chance, pause = Random(7), Event()  # noqa: S311 -- chooses whom to kill, guards nothing
    with Installation(server.url, tmp_path) as installation, SandboxClock(owner) as clock:
        installation.answers()
        parties = Parties(installation)
        with ThreadPoolExecutor(AT_ONCE) as streets:
            played = [streets.submit(parties.play, number) for number in range(CASES)]
            for part in ["serve", *chance.sample(PARTS, k=len(PARTS)), *chance.choices(PARTS, k=4 * (TIMES - 1))]:
                installation.kill(part)  # at first whom they speak to, or fast ones were done before they noticed
                pause.wait(KILLED_EVERY_SECONDS)
            for case in played:
                case.result()
        for _ in range(2):
            founded.now = clock.advance(timedelta(days=5))
            installation.kill(chance.choice(("schedule", "deliver", "project")))
            assert founded.comes_to_rest(), f"not at rest: {founded.unrest()}"
        assert set(installation.stop().values()) <= {0, -SIGTERM}, "the last one killed may not have begun yet"
    assert parties.unheard, "nobody noticed anything"
    assert_sound(owner, founded.now, parties.acknowledged)
