"""A signal at any moment ends a command with its exit code and a sentence at most, never with a trace."""

import re
import subprocess
import sys
from itertools import count
from signal import SIGINT, SIGTERM

import pytest

from runtime.order_import.importing import BATCH
from tests.runtime.test_order_import import as_csv, order
from tests.runtime.waiting import wait_until

pytestmark = pytest.mark.usefixtures("installation")
PROGRAM = """
import os, sys
number, left = int(sys.argv.pop(1)), int(sys.argv.pop(1))

def tell(event, _):
    global left
    left -= event == "import"
    if event == "import" and left == 0:
        os.kill(os.getpid(), number)

from runtime.cli import main
sys.addaudithook(tell)
main()
"""
"""Sends itself the signal when so many modules were asked for, which it does until it has nearly ended."""
STEP = 400
INTERRUPTED = (130, "directservice: interrupted\n")
SUMMED_UP = re.compile(
    r"-: \d+ new, 0 updated, 0 unchanged, 0 refused, up to line \d+; import the file again to go on\n"
)


def ended(number, moment):
    """How a command ended that was sent this signal at this moment: by which signal or code, and what it said."""
    command = [sys.executable, "-c", PROGRAM, str(int(number)), str(moment), "clock", "show"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- the program above
    return done.returncode, done.stderr


def endings(number):
    """How it ended at one moment after the other, until it was done before."""
    found = set()
    for moment in count(1, STEP):
        how = ended(number, moment)
        if how == (0, ""):
            return found
        found.add(how)
    raise AssertionError


def test_an_interrupted_command_ends_at_once_or_says_so():
    assert (-SIGINT, "") in (found := endings(SIGINT))
    assert found <= {(-SIGINT, ""), INTERRUPTED}


def test_one_that_is_told_to_end_does_so_without_a_word():
    assert endings(SIGTERM) == {(-SIGTERM, "")}


def test_where_something_is_under_way_it_says_how_far_it_came(engine):
    """Or is gone at once where the signal met what Python does on its own, which nobody can rely on."""
    command = [sys.executable, "-m", "runtime.cli", "import-orders", "-"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, **pipes) as importing:  # noqa: S603 -- this very program
        importing.stdin.write(as_csv(*(order(line_id=f"o-1-{number}") for number in range(2 * BATCH))))
        importing.stdin.flush()
        assert wait_until(lambda: recorded(engine) >= 2 * BATCH), "and it waits for more"
        importing.send_signal(SIGINT)
        code, said, complained = importing.wait(60), importing.stdout.read().decode(), importing.stderr.read().decode()
    assert (code, complained) in {INTERRUPTED, (-SIGINT, "")}
    assert code < 0 or SUMMED_UP.fullmatch(said)


def recorded(engine):
    with engine.connect() as connection:
        return connection.exec_driver_sql("select count(*) from store.event").scalar_one()


FINALIZED = f"""
import os
from runtime.cli import ending

class Gone:
    def __del__(self):
        os.kill(os.getpid(), {int(SIGINT)})

ending.on_the_spot()
with ending.in_order():
    Gone()
"""


def test_an_interrupt_that_python_cannot_raise_ends_it_at_once():
    done = subprocess.run([sys.executable, "-c", FINALIZED], capture_output=True, text=True, check=False)  # noqa: S603 -- above
    assert (done.returncode, done.stderr) == (-SIGINT, "")


IMMUNE = """
import os, signal
from runtime.cli import ending
ending.on_the_spot()
signal.raise_signal = id
os.kill(os.getpid(), {number})
"""


@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
def test_a_signal_that_the_first_process_of_a_container_survives_ends_it_too(number):
    command = [sys.executable, "-c", IMMUNE.format(number=int(number))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- the program above
    assert (done.returncode, done.stderr) == (128 + number, "")


def test_an_interrupt_that_is_ignored_stays_so():
    """As that of a job which a shell runs in the background."""
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    command = [sys.executable, "-c", ignoring + PROGRAM, str(int(SIGINT)), "1", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- the program above
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("directservice ")
