"""A log with the stories of some cases in it, under several roots."""

import pytest

from domain.refund.commands import ApproveWithReturn, SendMessage
from domain.refund.commands.parts import Purpose
from domain.vocabulary import Reason
from store.audit.live import StoredLog
from tests.projections.conftest import Trading
from tests.service import BUYER, SELLER, order_line


@pytest.fixture
def service(engine, tmp_path):
    return Trading(engine, tmp_path)


@pytest.fixture
def case_id(service):
    """A case with a few words, under two roots; a second one beside it."""
    service.sold(order_line(), order_line("o-1-2"))
    case_id = service.submit(reason=Reason.WRONG_ITEM, description="Rot statt blau, sagt Ada.")
    service.handle(case_id, SendMessage(text="Where is it?", purpose=Purpose.QUESTION), BUYER)
    service.door.roots.take()
    service.later(hours=1)
    service.submit("o-1-2")
    service.handle(case_id, ApproveWithReturn(), SELLER)
    service.later(hours=1)
    service.handle(service.case(case_id).id, SendMessage(text="Danke", purpose=Purpose.OTHER), BUYER)
    service.door.roots.take()
    return case_id


@pytest.fixture
def log(engine):
    return StoredLog(engine)
