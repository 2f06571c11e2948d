"""A policy pack holds every number of the trade, and each fault in one is named (SPEC §6)."""

import pytest

from domain.policy import OnSilence, Policy, PolicyError, read_policies, read_policy, standard_policies
from domain.vocabulary import Reason
from tests.packs import STANDARD, pack, put


def test_the_standard_pack_holds_what_the_source_says():
    policy = standard_policies().current
    assert policy.ref == "standard@1"
    said = policy.model_dump(mode="json")
    assert said["windows"] == {
        "seller_answer": "48bh",
        "offer_answer": "48bh",
        "return_shipping": "5bd and 7d",
        "return_shipping_after_report": "1bd",
        "return_transit": "14d",
        "return_inspection": "48bh",
        "return_inspection_after_learning": "24bh",
        "replacement_shipping": "48bh",
        "replacement_shipping_after_tracking": "1bd",
        "replacement_transit": "14d",
        "replacement_inspection": "2bd",
        "replacement_inspection_after_learning": "1bd",
        "escalation": "5bd and 7d",
        "appeal": "30d",
        "label_issue": "1h",
        "support_first_answer_target": "48bh",
        "reminder_before_end": "4bh",
    }
    assert said["cancellation"] == {"request_until": "24h", "seller_answer": "48h"}
    assert said["standing"] == {
        "windows": ["30d", "90d", "365d"],
        "review_window": "90d",
        "review_above_requests": 5,
        "review_above_percent": 30,
    }
    assert said["calendar"]["zone"] == "Europe/Berlin"
    assert policy.calendar.market is None
    assert policy.filing.photos_required_for == {Reason.NOT_AS_DESCRIBED, Reason.WRONG_ITEM, Reason.DEFECTIVE}
    assert policy.answers.on_seller_silence is OnSilence.ESCALATE


def test_a_pack_reads_as_it_is_written():
    assert read_policy("pack", pack()) == STANDARD
    assert Policy.model_validate_json(STANDARD.model_dump_json()) == STANDARD


@pytest.mark.parametrize(
    ("room", "changes", "fault"),
    [
        ("", {"id": "Standard"}, "id: String should match pattern"),
        ("", {"version": 0}, "version: Input should be greater than or equal to 1"),
        ("", {"version": "1"}, "version: Input should be a valid integer"),
        ("", {"surprise": 1}, "surprise: no such field"),
        ("windows", {"surprise": "48bh"}, "windows.surprise: no such field"),
        ("windows", {"seller_answer": None}, "windows.seller_answer: missing"),
        ("windows", {"seller_answer": 48}, "windows.seller_answer: a window is written as a text such as 48bh"),
        ("windows", {"seller_answer": "48"}, "windows.seller_answer: '48' is no window"),
        ("windows", {"seller_answer": "-48bh"}, "windows.seller_answer: '-48bh' is no window"),
        ("windows", {"seller_answer": "0bh"}, "windows.seller_answer: 0bh ends the moment it begins"),
        ("windows", {"return_transit": "1400d"}, "windows.return_transit: '1400d' is longer than any window; 1000"),
        ("windows", {"reminder_before_end": "4h"}, "windows.reminder_before_end: 4h is not one span in business time"),
        ("windows", {"reminder_before_end": "4bh and 1bd"}, "reminder_before_end: 4bh and 1bd is not one span"),
        ("filing", {"refilings": -1}, "filing.refilings: Input should be greater than or equal to 0"),
        ("filing", {"refilings": 1.5}, "filing.refilings: Input should be a valid integer"),
        ("filing", {"refilings": 11}, "filing.refilings: Input should be less than or equal to 10"),
        ("filing", {"photos_required_for": ["broken"]}, "filing.photos_required_for.0: Input should be"),
        (
            "filing.after_delivery_by_category",
            {"Sports Cards": "7d"},
            "'Sports Cards' is no category code; write 'sports_cards'",
        ),
        ("filing.after_delivery_by_category", {"coins": "7"}, "filing.after_delivery_by_category.coins: '7' is no"),
        ("answers", {"on_seller_silence": "refund"}, "answers.on_seller_silence: Input should be 'escalate'"),
        ("money", {"hold_exposure": 1}, "money.hold_exposure: Input should be a valid boolean"),
        ("money", {"return_label_estimate_minor": -1}, "money.return_label_estimate_minor: Input should be greater"),
        ("money", {"return_label_estimate_minor": 10**19}, "money.return_label_estimate_minor: Input should be less"),
        ("money.refund_estimate", {"earliest": "6bd"}, "money.refund_estimate: earliest 6bd is after latest 5bd"),
        ("cancellation", {"seller_answer": "0h"}, "cancellation.seller_answer: 0h ends the moment it begins"),
        ("standing", {"windows": []}, "standing.windows: Tuple should have at least 1 item"),
        ("standing", {"windows": ["90bd"]}, "standing.windows.0: 90bd is not one span of whole days, such as 90d"),
        ("standing", {"windows": ["0d"]}, "standing.windows.0: 0d is not one span of whole days"),
        ("standing", {"review_window": "60d"}, "standing: review_window 60d is none of 30d, 90d, 365d"),
        ("standing", {"review_above_requests": -1}, "standing.review_above_requests: Input should be greater"),
        ("standing", {"review_above_percent": 101}, "standing.review_above_percent: Input should be less than or"),
        ("calendar", {"zone": "Europe/Berlln"}, "calendar.zone: 'Europe/Berlln' is no IANA time zone"),
        ("calendar", {"market": "XX"}, "calendar.market: 'XX' is no market with a known holiday calendar"),
        ("calendar", {"closed_days": ["Easter"]}, "calendar.closed_days.0: Input should be a valid date"),
    ],
)
def test_each_fault_is_named_with_pack_field_and_reason(room, changes, fault):
    with pytest.raises(PolicyError) as error:
        read_policy("mine.v1.toml", pack(room, **changes))
    assert str(error.value).startswith("mine.v1.toml: ")
    assert fault in str(error.value)


def test_all_faults_of_a_pack_are_named_at_once():
    with pytest.raises(PolicyError, match=r"seller_answer: .*; windows\.appeal: "):
        read_policy("pack", pack("windows", seller_answer="x", appeal="y"))


@pytest.mark.parametrize("written", ["id = ", "a = " + "[" * 5000, f"version = {'9' * 5000}"])
def test_what_is_no_toml_is_said_so(written):
    with pytest.raises(PolicyError, match="pack: not TOML: "):
        read_policy("pack", written)


def test_what_is_no_text_is_said_so(tmp_path):
    (tmp_path / "acme.v1.toml").write_bytes(b"\xff")
    with pytest.raises(PolicyError, match=r"acme\.v1\.toml: not UTF-8"):
        read_policies(tmp_path)


def test_a_mark_of_the_byte_order_is_no_part_of_a_pack(tmp_path):
    (tmp_path / "standard.v1.toml").write_text(pack(), encoding="utf-8-sig")
    assert read_policies(tmp_path) == [STANDARD]


def test_every_pack_of_a_folder_that_is_at_fault_is_named(tmp_path):
    put(tmp_path)
    (tmp_path / "b.v1.toml").write_text("id = ", encoding="utf-8")
    (tmp_path / "c.v1.toml").write_text(pack("windows", appeal="y"), encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        read_policies(tmp_path)
    first, second = str(error.value).splitlines()
    assert first.startswith("b.v1.toml: not TOML: ")
    assert second.startswith("c.v1.toml: windows.appeal: 'y' is no window")


@pytest.mark.parametrize(
    ("room", "name", "positions"),
    [
        ("answers", "on_seller_silence", ["escalate", "auto_refund", "auto_approve_return"]),
        ("answers", "offer_raises", [0, 1, 2]),
        ("answers", "hand_overs", [0, 1]),
        ("money", "hold_exposure", [True, False]),
        ("money", "credit_commission", [True, False]),
        ("filing", "refilings", [0, 1]),
        ("filing", "photos_required_for", [[], ["defective"]]),
        ("calendar", "market", ["DE", "DE-BY", "AT"]),
        ("calendar", "zone", ["Europe/Berlin", "America/New_York"]),
    ],
)
def test_each_knob_turns(room, name, positions):
    for position in positions:
        part = read_policy("pack", pack(room, **{name: position})).model_dump(mode="json")[room]
        assert part[name] == position


def test_a_folder_gives_every_version_by_its_name(tmp_path):
    (tmp_path / "standard.v1.toml").write_text(pack(), encoding="utf-8")
    (tmp_path / "standard.v2.toml").write_text(pack(version=2), encoding="utf-8")
    (tmp_path / "README.md").write_text("notes", encoding="utf-8")
    assert [policy.ref for policy in read_policies(tmp_path)] == ["standard@1", "standard@2"]


@pytest.mark.parametrize("name", ["standard.v2.toml", "standard.toml", "other.v1.toml"])
def test_a_pack_is_named_after_what_it_holds(tmp_path, name):
    (tmp_path / name).write_text(pack(), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"holds standard@1 and is therefore named standard\.v1\.toml"):
        read_policies(tmp_path)
