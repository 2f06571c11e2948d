"""The seller's guide is served with the case, in both languages, its answers named as the actions are (SPEC §12)."""

from tests.api.asking import names, opened
from tests.service import BUYER, SELLER, SUPPORT


def test_seller_and_support_read_the_guide_and_the_buyer_does_not(api):
    case = opened(api)
    assert api(BUYER).get(case).json()["guidance"] is None
    for reader in (SELLER, SUPPORT):
        guide = api(reader).get(case).json()["guidance"]
        assert set(guide["principle"]) == {"de", "en"}
        assert guide["checks"]


def test_what_is_recommended_is_offered(api):
    case = api(SELLER).get(opened(api)).json()
    recommended = {answer for entry in case["guidance"]["recommended"] for answer in entry["answers"]}
    assert recommended
    assert recommended <= set(names(case))
