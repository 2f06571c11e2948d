"""A seller's profile and addresses, as the marketplace and he himself keep them (SPEC §2)."""

from functools import reduce

import pytest
from pydantic import ValidationError

from domain.language import Locale
from domain.messages import Personal
from domain.refund.events import RequestWithdrawn
from domain.refusals import RuleBroken, Unknown
from domain.seller.account import (
    MOST_ADDRESSES,
    Address,
    ReturnAddressChosen,
    SellerAccount,
    SellerAddressRecorded,
    SellerProfile,
    SellerProfileRecorded,
    choose_return_address,
    evolve,
    record_address,
    record_profile,
)
from domain.vocabulary import Status

PROFILE = SellerProfile(enrolled=True, locale=Locale.GERMAN, email="ada@shop.example", time_zone="Europe/Vienna")
HOME = Address(name="Ada Shop", street="Ringstr. 1", postal_code="10115", city="Berlin", country="DE")
DEPOT = HOME.model_copy(update={"street": "Hafen 2"})
PLAIN = SellerAccount(id="s-1", profile=SellerProfile())


def told(account, *steps):
    """The account after each step's events; a step goes from the account to its events."""
    return reduce(lambda it, step: reduce(lambda so, event: evolve(event, so), step(it), it), steps, account)


def profiled(profile):
    return lambda account: record_profile(account, "s-1", profile)


def addressed(address_id, address):
    return lambda account: record_address(account, address_id, address)


def chosen(address_id):
    return lambda account: choose_return_address(account, address_id)


def test_a_seller_begins_not_enrolled():
    assert told(None, profiled(SellerProfile())) == PLAIN
    assert not PLAIN.profile.enrolled


def test_a_reported_profile_is_kept_whole_and_its_address_of_mail_is_personal():
    account = told(None, profiled(PROFILE))
    assert account.profile == PROFILE
    (event,) = record_profile(None, "s-1", PROFILE)
    assert event.email == Personal(person="seller:s-1", text="ada@shop.example")


def test_the_same_profile_again_changes_nothing():
    assert record_profile(told(None, profiled(PROFILE)), "s-1", PROFILE) == []


def test_a_new_profile_keeps_the_addresses():
    account = told(PLAIN, addressed("home", HOME), chosen("home"), profiled(PROFILE))
    assert account.profile == PROFILE
    assert account.return_address == Personal(person="seller:s-1", text=HOME.model_dump_json())


def test_returns_go_nowhere_until_an_address_is_chosen():
    account = told(PLAIN, addressed("home", HOME))
    assert account.return_address is None
    assert told(account, chosen("home")).return_address.text == HOME.model_dump_json()


def test_choosing_again_or_recording_the_same_address_changes_nothing():
    account = told(PLAIN, addressed("home", HOME), chosen("home"))
    assert choose_return_address(account, "home") == []
    assert record_address(account, "home", HOME) == []
    assert choose_return_address(told(account, addressed("depot", DEPOT)), "depot") == [
        ReturnAddressChosen(address_id="depot")
    ]


def test_replacing_the_return_address_moves_later_returns():
    account = told(PLAIN, addressed("home", HOME), chosen("home"), addressed("home", DEPOT))
    assert account.return_address.text == DEPOT.model_dump_json()
    assert len(account.addresses) == 1


def test_an_address_that_is_not_there_cannot_be_chosen():
    with pytest.raises(Unknown, match="seller s-1 has no address depot") as refusal:
        choose_return_address(PLAIN, "depot")
    assert refusal.value.facts == {"address_id": "depot"}


def test_an_erased_address_is_none():
    erased = SellerAddressRecorded(address_id="home", address=Personal(person="seller:s-1", text=None))
    account = evolve(erased, told(PLAIN, addressed("home", HOME), chosen("home")))
    assert account.return_address is None


def test_an_account_keeps_fifty_addresses_and_then_replaces():
    full = told(PLAIN, *(addressed(f"a-{n}", HOME) for n in range(MOST_ADDRESSES)))
    with pytest.raises(RuleBroken, match="an account keeps at most 50 addresses; replace one of them"):
        record_address(full, "one-more", HOME)
    assert record_address(full, "a-7", DEPOT)


@pytest.mark.parametrize(
    ("field", "value"), [("country", "Germany"), ("country", "de"), ("name", ""), ("street", "x" * 201)]
)
def test_an_address_is_complete(field, value):
    with pytest.raises(ValidationError):
        Address(**{**HOME.model_dump(), field: value})


@pytest.mark.parametrize("email", ["ada", "ada@", "@shop", "a b@shop.example", "a@b@c"])
def test_an_address_of_mail_has_two_sides(email):
    with pytest.raises(ValidationError):
        SellerProfile(email=email)


def test_an_unknown_zone_is_refused():
    with pytest.raises(ValidationError, match="is no IANA time zone"):
        SellerProfile(time_zone="Europe/Berlln")


def test_events_of_no_meaning_for_an_account_leave_it_as_it_was():
    assert evolve(RequestWithdrawn(status=Status.CLOSED), PLAIN) is PLAIN
    assert evolve(ReturnAddressChosen(address_id="home"), None) is None
    assert evolve(SellerAddressRecorded(address_id="home", address=Personal.of("seller:s-1", "{}")), None) is None


def test_a_profile_without_mail_erases_nothing_else():
    account = told(None, profiled(PROFILE), profiled(PROFILE.model_copy(update={"email": None})))
    assert account.profile.email is None
    assert isinstance(record_profile(None, "s-1", SellerProfile())[0], SellerProfileRecorded)
