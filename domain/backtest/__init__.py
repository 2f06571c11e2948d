"""Policy backtesting: recorded histories run again under another policy (SPEC §10)."""

from domain.backtest.comparison import NOT_TAKEN, Difference, Ending, Finding, Step, compare
from domain.backtest.recorded import Recorded, RecordedCase, RecordedLine
from domain.backtest.summary import BUYERS, Cost, Summary

__all__ = [
    "BUYERS",
    "NOT_TAKEN",
    "Cost",
    "Difference",
    "Ending",
    "Finding",
    "Recorded",
    "RecordedCase",
    "RecordedLine",
    "Step",
    "Summary",
    "compare",
]
