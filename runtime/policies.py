"""The policies of an installation: those that come with the project, the marketplace's own, and what was in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import sqlalchemy as sa

from domain.policy import Policy, PolicyBook, PolicyError, UnknownPolicyError, differences, read_policies
from runtime.database import StartError
from runtime.settings import Settings, variable
from store.kept_policies import KeptPolicies


def packs_at_hand(folder: Path | None) -> list[Policy]:
    """The packs that come with the project, then those of the folder.

    Raises StartError, naming the folder that cannot be read, or each pack at fault with its fields.
    """
    return [*read_policies(), *(_own(folder) if folder else [])]


def _own(folder: Path) -> list[Policy]:
    try:
        return read_policies(folder)
    except OSError as error:
        raise StartError(f"{variable('policy_folder')}: {error.filename}: {error.strerror}") from error
    except PolicyError as error:
        raise StartError(f"{variable('policy_folder')}: {error}") from error


def policy_book(settings: Settings, packs: Sequence[Policy], engine: sa.Engine) -> PolicyBook:
    """The packs, and whatever was in force.

    Raises StartError where a pack differs from another of its version or from what was in force under its name, and
    for a current policy that is not there.
    """
    kept = KeptPolicies(engine)
    try:
        were_in_force = kept.all()
        _refuse_changes(packs, were_in_force)
        return PolicyBook([*packs, *were_in_force], current=settings.policy, kept=kept.find)
    except PolicyError as error:
        raise StartError(str(error)) from error
    except UnknownPolicyError:
        known = ", ".join(dict.fromkeys(policy.ref for policy in (*packs, *were_in_force)))
        raise StartError(f"{variable('policy')}: there is no policy {settings.policy}; there are {known}") from None


def put_in_force(engine: sa.Engine, policy: Policy) -> None:
    """From now on cases may be pinned to it, so it is kept as it is. To be called before the first one is opened.

    Raises StartError where another process put other numbers into force under this name meanwhile.
    """
    kept = KeptPolicies(engine)
    kept.keep(policy)
    _refuse_changes([policy], kept.all())


def _refuse_changes(packs: Iterable[Policy], were_in_force: Iterable[Policy]) -> None:
    then = {policy.ref: policy for policy in were_in_force}
    for now in packs:
        changes = differences(then.get(now.ref, now), now)
        if changes:
            told = "; ".join(f"{it.field} was {it.one} and now is {it.other}" for it in changes)
            raise StartError(f"policy {now.ref} was in force, so it stays as it was: {told}; give it a new version")
