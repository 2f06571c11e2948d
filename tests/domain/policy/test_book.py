"""All versions stay at hand: cases are pinned to theirs, new ones to the current (SPEC §6)."""

import pytest

from domain.policy import PolicyBook, PolicyError, UnknownPolicyError, differences, standard_policies
from tests.trade import policy

FIRST = standard_policies().current
SECOND = policy(version=2, windows={"seller_answer": "24bh"})
GONE = policy(id="gone")


def test_new_cases_take_the_current_version_and_old_ones_keep_theirs():
    book = PolicyBook([FIRST, SECOND], current="standard@2")
    assert book.current is SECOND
    assert book["standard@1"] is FIRST
    assert list(book) == [FIRST, SECOND]


@pytest.mark.parametrize("ref", ["standard@3", "other@1", "standard"])
def test_a_version_that_is_not_there_is_named_with_those_that_are(ref):
    with pytest.raises(UnknownPolicyError, match=f"policy {ref} is not among standard@1, standard@2; add its pack"):
        PolicyBook([FIRST, SECOND], current="standard@1")[ref]


def test_the_current_version_is_one_of_them():
    with pytest.raises(UnknownPolicyError):
        PolicyBook([FIRST], current="standard@2")


def test_one_version_has_one_content():
    changed = policy(windows={"seller_answer": "24bh"})
    with pytest.raises(PolicyError, match=r"two packs of this version differ: windows\.seller_answer is 48bh and 24bh"):
        PolicyBook([FIRST, changed], current="standard@1")
    assert list(PolicyBook([FIRST, FIRST], current="standard@1")) == [FIRST]


def test_what_is_kept_of_a_version_holds_whatever_its_pack_is_by_now():
    asked = []

    def kept(ref):
        asked.append(ref)
        return {"standard@1": FIRST, "gone@1": GONE}.get(ref)

    book = PolicyBook([policy(windows={"seller_answer": "24bh"}), SECOND], current="standard@2", kept=kept)
    for _ in range(2):
        assert (book["standard@1"], book["gone@1"], book["standard@2"]) == (FIRST, GONE, SECOND)
    assert asked == ["standard@1", "gone@1", "standard@2"], "each is asked for once"
    assert list(book) == [FIRST, SECOND, GONE]


def test_what_is_kept_and_cannot_be_read_is_as_good_as_lost_and_says_why():
    def kept(ref):
        raise PolicyError(f"policy {ref}: answers.surprise: no such field")

    book = PolicyBook([FIRST], current="standard@1", kept=kept)
    with pytest.raises(UnknownPolicyError, match=r"policy standard@1: answers\.surprise: no such field"):
        book["standard@1"]


def test_two_policies_are_told_apart_field_by_field():
    changed = {
        "windows": {"appeal": "31d"},
        "filing": {"after_delivery_by_category": {"coins": "8d", "books": "2d"}, "photos_required_for": []},
        "money": {"hold_exposure": False},
        "calendar": {"market": "DE"},
    }
    one = policy(filing={"after_delivery_by_category": {"coins": "7d", "plants": "2d"}})
    assert [(it.field, it.one, it.other) for it in differences(one, policy(version=2, **changed))] == [
        ("calendar.market", "none", "DE"),
        ("windows.appeal", "30d", "31d"),
        ("filing.after_delivery_by_category.coins", "7d", "8d"),
        ("filing.after_delivery_by_category.plants", "2d", "none"),
        ("filing.photos_required_for", "defective, not_as_described, wrong_item", "none"),
        ("money.hold_exposure", "true", "false"),
        ("filing.after_delivery_by_category.books", "none", "2d"),
    ]
    assert differences(FIRST, policy(version=3)) == []
