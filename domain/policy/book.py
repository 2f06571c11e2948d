"""The book of policies: every version at hand by its reference, and the one that new cases are pinned to (SPEC §6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from domain.policy.differences import differences
from domain.policy.packs import PolicyError, read_policies
from domain.policy.policy import Policy


class UnknownPolicyError(LookupError):
    """A case is pinned to a policy version that this installation does not have, or cannot read."""


def nothing_kept(ref: str) -> None:
    """What is known of a policy beyond the packs where nothing is kept."""


class PolicyBook:
    """All policy versions in force or pinned anywhere, by their reference. For any thread."""

    def __init__(
        self,
        policies: Iterable[Policy],
        *,
        current: str,
        kept: Callable[[str], Policy | None] = nothing_kept,
    ) -> None:
        """``kept`` finds a version as it was when it came into force, whatever the ``policies`` are by now.

        Raises PolicyError where two of one version differ, UnknownPolicyError for a ``current`` that is not there.
        """
        self._by_ref: dict[str, Policy] = {}
        for policy in policies:
            known = self._by_ref.setdefault(policy.ref, policy)
            if known != policy:
                raise PolicyError(f"{policy.ref}: two packs of this version differ: {_told(known, policy)}")
        self._kept = kept
        self._settled: dict[str, Policy] = {}
        self.current = self._own(current)
        """The policy new cases are pinned to."""

    def __getitem__(self, ref: str) -> Policy:
        """The pinned version; what is kept of it is asked for once. Raises UnknownPolicyError."""
        found = self._settled.get(ref)
        if found is None:
            found = self._settled[ref] = self._found(ref)
        return found

    def _found(self, ref: str) -> Policy:
        try:
            return self._kept(ref) or self._own(ref)
        except PolicyError as error:
            raise UnknownPolicyError(str(error)) from error

    def _own(self, ref: str) -> Policy:
        try:
            return self._by_ref[ref]
        except KeyError:
            raise UnknownPolicyError(
                f"policy {ref} is not among {', '.join(self._by_ref)}; add its pack to the others and start again"
            ) from None

    def __iter__(self) -> Iterator[Policy]:
        """Those at hand."""
        return iter({**self._by_ref, **self._settled}.values())


def _told(one: Policy, other: Policy) -> str:
    return "; ".join(f"{it.field} is {it.one} and {it.other}" for it in differences(one, other))


def standard_policies() -> PolicyBook:
    """The packs that come with the project, new cases pinned to ``standard@1``."""
    return PolicyBook(read_policies(), current=STANDARD)


STANDARD = "standard@1"
"""The rules as the source states them, its gaps decided."""
