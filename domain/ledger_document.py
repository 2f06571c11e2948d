"""The page on the books: the chart of accounts and the rules of charging, from the same tables that book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from domain.labels import words_for
from domain.markdown import head, line
from domain.posting import CHART, Account, ChargeRule, HoldReason, Item

ABOUT = """\
The seller balance ledger is double-entry and append-only. An event that moves money carries its posting, decided and
recorded with it; the ledger books it, one row an entry, and adds nothing of its own. So each cent leads back to the
event, the command and the actor behind it, the rule, and the policy version pinned to the case:
`GET /v1/sellers/{seller_id}/postings/{position}` walks that way, in German and English.

- A positive amount is owed to the account's holder, or earned by him; a negative one is owed by him. The entries of a
  posting are in one currency and sum to zero, so all entries of a currency do. Each currency has its own balance.
- **Balance**: the sum of the entries on the seller's account. It may be negative.
- **Held**: what open cases may still cost him. A hold is no charge and no posting; it is placed when a case opens and
  released with its reason.
- **Available**: balance less held, also where that is negative. Paying out no more than that is the marketplace's
  to heed: a payout that has happened is booked, whatever is held.
- **Statement**: the entries booked in a period, each with the balance after it, between the opening and the closing
  balance. What is learned late is booked late, with the time at which it happened beside it, so the statement of a
  period that has passed never changes. JSON comes in pages; `format=csv` (or `Accept: text/csv`) streams it whole.
- **Adjustments**: proceeds, payouts and corrections are the marketplace's to post, each under a reference of its own,
  by `PUT /v1/sellers/{seller_id}/proceeds/{reference}` and its siblings `payouts` and `corrections`. The same again
  changes nothing; another content under the same reference is refused, since what is booked stands and is put right by
  a correction.

While the service runs, the scheduler's upkeep looks through the books each minute: what is new at once, what is older
round and round, 5,000 events at a look, so the effort is the same however long the ledger has grown (a million events
are gone round in some three hours). Each posting sums to zero; each balance is the one before it and the amount; the
newest is the seller's balance, and what is held the sum of his holds; all of it is what the log says. What does not fit
is logged, counted by `directservice_task_troubles`, and the first place is named by `GET /ready`.
"""


def ledger_document(generated: str) -> str:
    """The page in Markdown; ``generated`` says by what."""
    return "\n".join(
        [
            "# The ledger", "", generated, ABOUT,
            *_table("Accounts", ("Account", "English", "Deutsch", "What it is for"), map(_account, Account)), "",
            *_table("What entries are for", ("Item", "English", "Deutsch"), map(_named, Item)), "",
            *_table("Rules of charging", ("Rule", "English", "Deutsch"), map(_named, ChargeRule)), "",
            *_table("Why something is held, or no longer", ("Reason", "English", "Deutsch"), map(_named, HoldReason)),
            "",
        ]
    )  # fmt: skip


def _table(title: str, titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield from (f"## {title}", "", *head(*titles))
    yield from (line(*cells) for cells in rows)


def _named(word: StrEnum) -> tuple[str, ...]:
    words = words_for(word)
    return f"`{word}`", words.en, words.de


def _account(account: Account) -> tuple[str, ...]:
    return *_named(account), CHART[account]
