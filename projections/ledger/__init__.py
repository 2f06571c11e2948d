"""The seller balance ledger: double-entry, append-only, each cent traced to its event (SPEC §§5 and 7.3)."""

from projections.ledger.invariants import INVARIANTS, Fault, ledger_says_what_the_log_says
from projections.ledger.patrol import Patrol
from projections.ledger.posting_detail import BookedEntry, PostingDetail, positions_of_case, posting_detail
from projections.ledger.projection import Ledger
from projections.ledger.statements import Balance, HoldLine, Holds, Statement, StatementLine, balances, holds, statement

__all__ = [
    "INVARIANTS",
    "Balance",
    "BookedEntry",
    "Fault",
    "HoldLine",
    "Holds",
    "Ledger",
    "Patrol",
    "PostingDetail",
    "Statement",
    "StatementLine",
    "balances",
    "holds",
    "ledger_says_what_the_log_says",
    "positions_of_case",
    "posting_detail",
    "statement",
]
