"""What provider and bank report comes several times, in any order and at once, and takes effect once (SPEC §§4, 8)."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from domain.refund.commands import (
    ReportChargeback,
    ReportRefundAttemptFailed,
    ReportRefundFailed,
    ReportRefundSettled,
    ReportRefundSubmitted,
)
from tests.faults.soundness import assert_sound
from tests.faults.town import AT_ONCE

COPIES = 3


def reports_on(now, number):
    """What may be reported of one refund, by the reporter's own name for it; the end is another one for each third."""
    ends = [
        [("settled", ReportRefundSettled(happened_at=now, attempt=1))],
        [("failed", ReportRefundFailed(happened_at=now, attempt=1, detail="the card has expired"))],
        [
            ("settled", ReportRefundSettled(happened_at=now, attempt=1)),
            ("chargeback", ReportChargeback(happened_at=now, reference="bank-1")),
        ],
    ]
    return [
        ("submitted", ReportRefundSubmitted(happened_at=now, attempt=1, reference="re-1")),
        ("attempt failed", ReportRefundAttemptFailed(happened_at=now, attempt=1, detail="bank is closed")),
        *ends[number % len(ends)],
    ]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2])
def test_each_report_has_one_effect_however_often_and_in_whatever_order_it_comes(town, owner, seed):
    it = town()
    cases = it.approve(range(12))
    reports = [(case, *told) for number, case in enumerate(cases) for told in reports_on(it.now, number)] * COPIES
    Random(seed).shuffle(reports)  # noqa: S311 -- an order, nothing secret
    with ThreadPoolExecutor(AT_ONCE) as outside:
        list(outside.map(lambda told: it.is_told(*told), reports))
    assert it.reported(cases) == {(case, told) for case, told, _ in reports}, "each report is in the log, once"
    it.pass_time()
    assert_sound(owner, it.now, it.acknowledged)
