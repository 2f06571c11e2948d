"""Policies: every number of the trade as versioned, validated data, pinned to a case when it opens (SPEC §6)."""

from domain.policy.book import STANDARD, PolicyBook, UnknownPolicyError, standard_policies
from domain.policy.differences import Difference, differences
from domain.policy.packs import PolicyError, checked_policy, read_pack, read_policies, read_policy
from domain.policy.policy import (
    Answers,
    CancellationRules,
    Filing,
    MoneyRules,
    OnSilence,
    Policy,
    PolicyId,
    PolicyRef,
    RefundEstimate,
    RollingField,
    StandingRules,
    Windows,
)

__all__ = [
    "STANDARD",
    "Answers",
    "CancellationRules",
    "Difference",
    "Filing",
    "MoneyRules",
    "OnSilence",
    "Policy",
    "PolicyBook",
    "PolicyError",
    "PolicyId",
    "PolicyRef",
    "RefundEstimate",
    "RollingField",
    "StandingRules",
    "UnknownPolicyError",
    "Windows",
    "checked_policy",
    "differences",
    "read_pack",
    "read_policies",
    "read_policy",
    "standard_policies",
]
