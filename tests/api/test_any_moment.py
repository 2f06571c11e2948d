"""Whatever happened, a case can be shown and compared as of each of its moments, by either clock."""

import pytest

from api.matters.cancellations import REQUESTS
from api.matters.differences import Span, difference
from api.matters.refund_cases import REFUND_CASES
from projections.moments import Clock, Moment
from tests.projections.conftest import Trading
from tests.projections.stories import RandomStory
from tests.service import BUYER, SELLER, SUPPORT


@pytest.fixture
def service(engine, tmp_path):
    return Trading(engine, tmp_path)


def told(service, services):
    """Every case and every cancellation of a random story, with what shows it."""
    story = RandomStory(service, seed=7, lines=15).go_on(150)
    for matter, ids in ((REFUND_CASES, story.cases), (REQUESTS, story.cancellations)):
        for matter_id in dict.fromkeys(ids):
            yield matter, matter.find(services, matter_id, SUPPORT)


@pytest.mark.parametrize("by", Clock)
def test_every_moment_of_a_random_story_can_be_shown_and_compared(service, services, by):
    compared = 0
    for matter, record in told(service, services):
        for envelope in record.history:
            moment = Moment(envelope.occurred_at if by is Clock.OCCURRED else envelope.cause.recorded_at, by)
            for viewer in (BUYER, SELLER, SUPPORT):
                found = difference(services, matter, record, Span(Moment(1), moment), viewer)
                assert envelope.originator_version in {1, *(step.version for step in found.steps)}
                compared += 1
    assert compared > 100
