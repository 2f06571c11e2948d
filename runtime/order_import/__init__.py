"""The bulk import of order lines: a file is read row by row, good rows are recorded, bad ones reported (SPEC §2)."""

from runtime.order_import.importing import import_orders
from runtime.order_import.rows import Fault, FileRefusedError, Judged
from runtime.order_import.tally import Tally

__all__ = ["Fault", "FileRefusedError", "Judged", "Tally", "import_orders"]
