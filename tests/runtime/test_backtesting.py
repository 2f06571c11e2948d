"""The command that tries a policy on what was recorded: what it prints, keeps, and refuses."""

import json
from base64 import b64encode
from datetime import timedelta
from importlib.resources import files

import pytest

from domain.money import Money
from domain.policy import PolicyBook, read_policies, read_policy
from domain.refund.commands import ApproveWithoutReturn, Reject, ReportOrderAccepted
from domain.vocabulary import Reason
from tests.runtime.test_cli import run, said
from tests.service import CARRIER, MASTER_KEY, SELLER, Service, berlin, eur, order_line

pytestmark = pytest.mark.usefixtures("installation", "logging_as_before")
STANDARD = (files("domain") / "policies" / "standard.v1.toml").read_text(encoding="utf-8")


@pytest.fixture
def pack(tmp_path):
    """Writes the standard pack with some words replaced."""

    def pack(**replaced):
        text = STANDARD.replace('id = "standard"', 'id = "tried"')
        for name, value in replaced.items():
            line = next(line for line in STANDARD.splitlines() if line.startswith(f"{name} = "))
            text = text.replace(line, f"{name} = {value}")
        file = tmp_path / "tried.v1.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return pack


@pytest.fixture
def service(installation, engine, tmp_path):
    """Two sellers who stayed silent, and one who answered; months have passed since."""
    installation.setenv("DIRECTSERVICE_MASTER_KEY", b64encode(MASTER_KEY).decode())
    service = Service(engine, tmp_path)
    service.sold(*(order_line(f"o-1-{number}") for number in range(1, 4)))
    for number in range(1, 4):
        service.submit(f"o-1-{number}")
        service.later(hours=1)
    service.handle(service.order("o-1-3").cases[0], Reject(code="other", text="It is in the box."), SELLER)
    return service


@pytest.mark.usefixtures("service")
def test_it_tells_how_many_end_otherwise_and_who_pays(pack):
    result = run("backtest", pack(on_seller_silence='"auto_refund"'))
    assert (result.exit_code, [line.split() for line in result.stdout.splitlines()]) == (
        0,
        [
            ["tried@1:", "3", "cases", "compared,", "0", "that", "cannot", "be"],
            ["1", "come", "out", "the", "same"],
            ["0", "at", "another", "time", "only"],
            ["2", "otherwise"],
            ["2", "open:", "support_review", "->", "refunded"],
            ["borne", "by", "recorded", "backtested", "difference"],
            ["seller", "0.00", "EUR", "91.80", "EUR", "91.80", "EUR"],
            ["platform", "0.00", "EUR", "0.00", "EUR", "0.00", "EUR"],
            ["carrier", "0.00", "EUR", "0.00", "EUR", "0.00", "EUR"],
            ["buyers", "get", "0.00", "EUR", "91.80", "EUR", "91.80", "EUR"],
        ],
    )


def test_each_case_that_ends_otherwise_is_written_where_wanted(service, pack, tmp_path):
    file = tmp_path / "findings.ndjson"
    assert run("backtest", pack(on_seller_silence='"auto_refund"'), "--findings", file).exit_code == 0
    findings = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [finding["line_id"] for finding in findings] == ["o-1-1", "o-1-2"]
    assert findings[0]["case_id"] == str(service.order("o-1-1").cases[0])
    assert findings[0]["differences"] == ["ending", "cost", "time"]
    assert [step["topic"] for step in findings[0]["history"]] == [
        "refund.requested.v1",
        "refund.silence_refunded.v1",
        "refund.settled.v1",
    ]


def test_a_case_that_cannot_be_compared_is_written_too(service, pack, tmp_path):
    """The scan was dated before the deadline; a clock on time would have overtaken the seller first."""
    service.sold(order_line("o-1-4", shipped_at=None, delivered_at=None))
    service.now = berlin("2026-03-10T12:00")
    case_id = service.submit("o-1-4", Reason.LATE_NOT_SHIPPED)
    service.now = berlin("2026-03-20T12:00")
    service.handle(case_id, ReportOrderAccepted(happened_at=berlin("2026-03-10T13:00")), CARRIER)
    file = tmp_path / "findings.ndjson"
    result = run("backtest", pack(), "--findings", file)
    assert result.stdout.splitlines()[0] == "tried@1: 3 cases compared, 1 that cannot be"
    (finding,) = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert (finding["case_id"], finding["is_comparable"], finding["differences"]) == (str(case_id), False, [])


def test_amounts_stand_under_each_other_however_large_they_are(service, pack):
    dear = Money(minor=10**13, currency="HUF")
    service.sold(order_line("o-1-4", price=dear, shipping=Money.zero("HUF"), tax=Money.zero("HUF")))
    service.submit("o-1-4")
    result = run("backtest", pack(on_seller_silence='"auto_refund"'))
    table = result.stdout[result.stdout.index("borne by") :].splitlines()
    assert len(table) == 9
    assert len({len(line) for line in table}) == 1


def test_an_ending_that_stays_is_told_with_what_changes(service, pack):
    service.sold(order_line("o-1-4", commission=eur("4.00")))
    service.handle(service.submit("o-1-4"), ApproveWithoutReturn(), SELLER)
    result = run("backtest", pack(credit_commission="false"))
    assert "       1    open: refund_pending -> the same, at another cost" in result.stdout.splitlines()


def test_nothing_is_written_to_the_store(service, pack):
    before = service.door.log.recorder.max_notification_id()
    run("backtest", pack(seller_answer='"1bh"'))
    assert service.door.log.recorder.max_notification_id() == before


def test_it_can_be_asked_of_one_seller_and_one_time(service, pack):
    begun = service.now - timedelta(hours=3)
    tried = pack(on_seller_silence='"auto_refund"')

    def compared(*wanted):
        return run("backtest", tried, *wanted).stdout.split()[1]

    assert compared("--seller", "s-1") == "3"
    assert compared("--seller", "s-9") == "0"
    assert compared("--from", (begun + timedelta(hours=1)).isoformat()) == "2"
    assert compared("--before", (begun + timedelta(hours=1)).isoformat()) == "1"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"id = ", "tried.toml: not TOML: "),
        (b"\xff\xfe", "tried.toml: not UTF-8"),
        (STANDARD.replace("48bh", "soon").encode(), "tried.toml: windows.seller_answer: "),
    ],
)
def test_a_pack_at_fault_is_said(tmp_path, content, sentence):
    file = tmp_path / "tried.toml"
    file.write_bytes(content)
    assert said(run("backtest", file), 2).startswith(f"directservice: {sentence}")


def test_a_pack_that_is_not_there_is_said():
    assert said(run("backtest", "/no/such/pack"), 2) == "directservice: /no/such/pack: No such file or directory"


def test_a_case_that_is_pinned_to_a_policy_that_is_not_known_here_is_said(installation, engine, tmp_path, pack):
    installation.setenv("DIRECTSERVICE_MASTER_KEY", b64encode(MASTER_KEY).decode())
    own = read_policy("own", STANDARD.replace('id = "standard"', 'id = "own"'))
    service = Service(engine, tmp_path, policies=PolicyBook([*read_policies(), own], current=own.ref))
    service.sold()
    case_id = service.submit()
    service.handle(case_id, Reject(code="other", text="It is in the box."), SELLER)
    lost = "policy own@1 is not among standard@1; add its pack to the others and start again"
    assert said(run("backtest", pack()), 2) == f"directservice: {lost}"
