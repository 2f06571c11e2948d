"""Keys that are lost for good are given up with the statement of the operations page; nothing else is."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from domain.seller.account import SellerProfile
from store.application import Errand
from store.vault import UnknownKeyError, Vault
from tests.service import MARKETPLACE

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
GIVE_UP = re.search(r"```sql\n(insert into keys.*?)```", OPERATIONS, re.DOTALL)[1]


@pytest.fixture
def sealed_with(service, owner):
    """The keys of two sellers' e-mail addresses, by seller; that of the first is lost."""
    for seller in ("s-1", "s-2"):
        profile = SellerProfile(enrolled=True, email=f"{seller}@shops.example")
        service.accounts.record_profile(seller, profile, Errand(actor=MARKETPLACE, command_id=uuid4()))
    with owner.begin() as conn:
        keys = dict(conn.exec_driver_sql("select person, key_id::text from keys.person_key").all())
        conn.exec_driver_sql("delete from keys.person_key where person = 'seller:s-1'")
    return keys


def test_texts_of_lost_keys_read_as_those_of_forgotten_persons_and_others_as_ever(sealed_with, owner, engine):
    lost, kept = sealed_with["seller:s-1"], sealed_with["seller:s-2"]
    with pytest.raises(UnknownKeyError):
        Vault(engine, bytes(32)).decrypt(lost, b"", b"")
    for _ in range(2):
        with owner.begin() as conn:
            conn.exec_driver_sql(GIVE_UP)
    vault = Vault(engine, bytes(32))
    assert vault.decrypt(lost, b"", b"") is None
    assert vault.encrypt("seller:s-2", b"", b"")[0] == kept
