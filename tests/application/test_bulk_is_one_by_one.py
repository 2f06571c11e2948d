"""An answer to many cases does to each exactly what the same answer to it alone would have done (decision 0030)."""

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.refund.commands import (
    ApproveWithoutReturn,
    ApproveWithReturn,
    OfferPartialRefund,
    Reject,
    SendMessage,
    TakeOver,
    Withdraw,
)
from domain.refusals import Refused
from domain.vocabulary import Reason, RejectionCode
from tests.service import BUYER, SELLER, SUPPORT, eur, order_line
from tests.strategies import ON_ONE_DATABASE

REJECTION = Reject(code=RejectionCode.NOT_COVERED, text="It was in the box.")
ANSWERS = (ApproveWithoutReturn(), ApproveWithReturn(), REJECTION)
PASTS = {
    "asked": [],
    "talked about": [(SendMessage(text="Where is it?"), BUYER)],
    "offered": [(OfferPartialRefund(amount=eur("12.00")), SELLER)],
    "rejected": [(REJECTION, SELLER)],
    "refunded": [(ApproveWithoutReturn(), SELLER)],
    "returning": [(ApproveWithReturn(), SELLER)],
    "withdrawn": [(Withdraw(), BUYER)],
    "with support": [(TakeOver(ground="They know each other."), SUPPORT)],
}
REASONS = (Reason.WRONG_ITEM, Reason.ITEM_MISSING)
VERSIONS = (None, 1, 2)
pasts = st.lists(
    st.tuples(st.sampled_from(list(PASTS)), st.sampled_from(REASONS), st.sampled_from(VERSIONS)), min_size=1, max_size=6
)


@pytest.fixture
def lived(service):
    """Makes a case with such a past on a line of its own; its id."""
    lines = iter(range(10_000))

    def live(past, reason):
        line_id = f"o-1-{next(lines)}"
        service.sold(order_line(line_id))
        case_id = service.submit(line_id, reason)
        for command, actor in PASTS[past]:
            try:
                service.handle(case_id, command, actor)
            except Refused:
                continue
        return case_id

    return live


def one_by_one(service, case_id, command, version):
    try:
        service.handle(case_id, command, SELLER, expected_version=version)
    except Refused as refusal:
        return type(refusal), refusal.rule
    return None


def newest(service, case_id):
    """Where the answer led: the events' kinds, and all that the last of them says but for the case it is of."""
    history = service.door.log.history(case_id)
    said = history[-1].payload.model_dump(mode="json", exclude={"case_id", "line", "photos", "description", "text"})
    return [envelope.topic for envelope in history], said, history[-1].cause.actor


@for_all(pasts=pasts, command=st.sampled_from(ANSWERS))
@settings(max_examples=12, suppress_health_check=ON_ONE_DATABASE, deadline=None)
def test_many_at_once_are_answered_as_one_by_one(service, lived, pasts, command):
    alone, together = ([lived(past, reason) for past, reason, _ in pasts] for _ in range(2))
    versions = [version for _, _, version in pasts]
    refused = [one_by_one(service, *each) for each in zip(alone, [command] * len(pasts), versions, strict=True)]
    errand = service.errand(SELLER)
    answered = list(service.door.bulk_answers.answer(dict(zip(together, versions, strict=True)), command, errand))
    assert [each.refusal and (type(each.refusal), each.refusal.rule) for each in answered] == refused
    assert [each.case_id for each in answered] == together
    assert [newest(service, case) for case in together] == [newest(service, case) for case in alone]
