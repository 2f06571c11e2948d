"""The same command twice has one effect and the same answer; racing ones collide and one is refused."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from domain.refund.commands import ApproveWithoutReturn, Purpose, Reject, SendMessage
from domain.refusals import CommandReused, NotAllowedNow, Refused, RuleBroken, StaleVersion, Unknown
from domain.vocabulary import Reason, RejectionCode, Status
from tests.service import BUYER, SELLER, order_line

REJECTION = Reject(code=RejectionCode.PROOF_OF_PACKING, text="It was in the box, see the video.")


@pytest.fixture
def case_id(service):
    service.sold()
    return service.submit()


def test_the_same_command_again_answers_as_it_did_and_adds_nothing(service, case_id):
    errand = service.errand(SELLER)
    first = service.door.refund_cases.handle(case_id, ApproveWithoutReturn(), errand)
    history = service.topics(case_id)
    service.later(hours=1)
    again = service.door.refund_cases.handle(case_id, ApproveWithoutReturn(), errand)
    assert again.repeated
    assert (again.version, again.position, again.recorded_at) == (first.version, first.position, first.recorded_at)
    assert service.topics(case_id) == history


def test_a_message_sent_twice_with_one_id_is_one_message(service, case_id):
    errand, message = service.errand(BUYER), SendMessage(text="Hello?", purpose=Purpose.QUESTION)
    for _ in range(2):
        service.door.refund_cases.handle(case_id, message, errand)
    assert service.topics(case_id).count("refund.message_sent.v1") == 1


def test_the_same_id_for_another_content_is_refused(service, case_id):
    errand = service.errand(SELLER)
    service.door.refund_cases.handle(case_id, REJECTION, errand)
    with pytest.raises(CommandReused):
        service.door.refund_cases.handle(case_id, ApproveWithoutReturn(), errand)
    assert service.case(case_id).status is Status.REJECTED


def test_a_submission_repeated_gives_the_same_case(service):
    service.sold()
    errand, command = service.errand(BUYER), service.request()
    first = service.door.refund_cases.submit(command, errand)
    again = service.door.refund_cases.submit(command, errand)
    assert (again.stream_id, again.repeated) == (first.stream_id, True)


def test_racing_submissions_on_one_line_open_one_case(service):
    service.sold()
    command = service.request()

    def submit(_):
        try:
            return service.door.refund_cases.submit(command, service.errand(BUYER)).stream_id
        except NotAllowedNow as refusal:
            return refusal.rule

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(submit, range(8)))
    assert answers.count("active_case") == 7


def test_racing_answers_on_one_case_leave_one_answer(service, case_id):
    def answer(number):
        command = ApproveWithoutReturn() if number % 2 else REJECTION
        try:
            return service.handle(case_id, command, SELLER).version
        except Refused as refusal:
            return refusal.kind

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(answer, range(8)))
    posted = [envelope for envelope in service.door.log.history(case_id) if envelope.payload.posting]
    assert len(posted) <= 1
    versions = [envelope.originator_version for envelope in service.door.log.history(case_id)]
    assert versions == list(range(1, len(versions) + 1))


def test_one_command_sent_by_many_at_once_takes_effect_once(service, case_id):
    errand = service.errand(SELLER)
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: service.door.refund_cases.handle(case_id, REJECTION, errand), range(8)))
    assert {receipt.version for receipt in receipts} == {2}
    assert service.topics(case_id).count("refund.rejected.v1") == 1


def test_a_decision_on_an_older_version_is_refused(service, case_id):
    service.handle(case_id, SendMessage(text="Which one?"), SELLER)
    with pytest.raises(StaleVersion) as refused:
        service.handle(case_id, ApproveWithoutReturn(), SELLER, expected_version=1)
    assert refused.value.facts == {"expected": 1, "version": 2}


def test_a_preview_records_nothing_and_shows_what_would_be(service, case_id):
    receipt = service.handle(case_id, ApproveWithoutReturn(), SELLER, preview=True)
    assert [event.topic for event in receipt.events] == ["refund.approved.v1"]
    assert receipt.position is None
    assert service.case(case_id).version == 1


def test_unknown_and_foreign_cases_are_equally_unknown(service, case_id):
    stranger = SELLER.model_copy(update={"id": "s-2"})
    for unknown, actor in ((uuid4(), SELLER), (case_id, stranger)):
        with pytest.raises(Unknown) as refused:
            service.handle(unknown, ApproveWithoutReturn(), actor)
        assert refused.value.rule == "unknown_case"


def test_a_refused_submission_leaves_no_trace(service):
    service.sold(order_line(cancelled=True))
    head = service.door.log.recorder.max_notification_id()
    with pytest.raises(RuleBroken):
        service.submit(reason=Reason.ITEM_MISSING)
    assert service.door.log.recorder.max_notification_id() == head
