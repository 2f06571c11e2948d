"""The command line: what it prints, and one clear sentence with an exit code for whatever is wrong."""

import base64
import errno
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from api.callers.auth import TokenVerifier
from domain.actors import Actor, Role
from runtime.believed import trust
from runtime.cli.app import app
from runtime.cli.arguments import STANDARD_INPUT, opened
from runtime.clock import system_clock
from runtime.keys import token_secret
from store.failures import Unavailable
from tests.conftest import at
from tests.runtime.test_order_import import as_csv, order

pytestmark = pytest.mark.usefixtures("installation", "logging_as_before")


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def said(result, code):
    """The one line on stderr of a command that ended with this code."""
    assert (result.exit_code, result.stdout) == (code, "")
    (line,) = result.stderr.splitlines()
    return line


@pytest.fixture
def orders(tmp_path):
    def orders(*lines):
        file = tmp_path / "orders.csv"
        file.write_bytes(as_csv(*lines))
        return file

    return orders


def test_without_a_command_it_says_what_it_can_do():
    result = run()
    assert "import-orders" in result.output


def test_help_is_there_at_once():
    """Nothing of the trade, the API or the database is read for it."""
    script = "import sys, runtime.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    read = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 -- ours
    assert not set(read.stdout.split()) & {
        "domain",
        "store",
        "projections",
        "api",
        "scheduler",
        "pydantic",
        "sqlalchemy",
    }


def test_every_command_explains_itself():
    for command in ("up", "serve", "project", "schedule", "deliver", "migrate", "import-orders", "rebuild", "token"):
        result = run(command, "--help")
        assert (result.exit_code, "Usage:" in result.stdout) == (0, True), command


def test_documentation_is_written_nowhere_but_in_the_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("Another project's.")
    assert said(run("docs"), 2) == f"directservice: {tmp_path} is not the project's folder"
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


# Orders


def test_an_import_sums_up(orders):
    result = run("import-orders", orders(order(), order(line_id="o-1-2")))
    assert (result.exit_code, result.stdout) == (0, "orders.csv: 2 new, 0 updated, 0 unchanged, 0 refused\n")
    assert result.stderr == ""


def test_bad_rows_are_told_with_their_line_and_exit_code_one(orders):
    result = run("import-orders", orders(order(), order(line_id="o-1-2", price="x", quantity="y")))
    assert (result.exit_code, result.stdout) == (1, "orders.csv: 1 new, 0 updated, 0 unchanged, 1 refused\n")
    assert result.stderr.startswith("line 3 (o-1-2): price: 'x' is not an amount; quantity: ")


def test_a_report_has_one_object_for_each_row(orders, tmp_path):
    run("import-orders", orders(order(), order(line_id="o-1-2", price="x")), "--report", tmp_path / "report")
    first, second = map(json.loads, (tmp_path / "report").read_text().splitlines())
    assert first == {"line": 2, "line_id": "o-1-1", "result": "new", "faults": []}
    assert second["faults"] == [{"column": "price", "reason": "'x' is not an amount"}]


def test_orders_come_through_standard_input_too(orders):
    result = CliRunner().invoke(app, ["import-orders", "-"], input=as_csv(order()))
    assert result.stdout == "-: 1 new, 0 updated, 0 unchanged, 0 refused\n"


def test_what_the_encoding_of_a_terminal_cannot_say_is_told_by_its_code(orders, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1:strict")
    file = orders(order())
    file = file.rename(file.with_name("„neu“.csv"))
    command = [sys.executable, "-m", "runtime.cli", "import-orders", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- ours
    assert done.stdout == "\\u201eneu\\u201c.csv: 1 new, 0 updated, 0 unchanged, 0 refused\n"


def test_a_file_of_something_else_is_refused(tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    assert said(run("import-orders", file), 2).startswith("directservice: unknown columns: a, b; missing columns: ")


def test_a_report_is_never_written_over_the_orders(orders, tmp_path):
    file, link = orders(order()), tmp_path / "report"
    link.hardlink_to(file)
    for report in (file, link):
        line = said(run("import-orders", file, "--report", report), 2)
        assert line == f"directservice: the report would be written over the orders in {report}; name another file"
    assert file.read_bytes() == as_csv(order())


def test_what_a_file_calls_its_lines_is_told_as_what_it_is(tmp_path):
    file = tmp_path / "orders.ndjson"
    file.write_text(json.dumps(order(line_id="a\x1b[31m\nline 9: forged")))
    (line,) = run("import-orders", file).stderr.splitlines()
    assert line.startswith(r"line 1 (a\x1b[31m\nline 9: forged): line_id: ")


def test_without_standard_input_nothing_is_read_from_it(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(OSError, match="is closed"):
        opened(STANDARD_INPUT)


def test_an_import_that_ends_early_says_how_far_it_came(orders):
    file = orders(order())
    file.write_bytes(file.read_bytes() + b"x" * (1 << 21))
    result = run("import-orders", file)
    assert result.exit_code == 2
    assert result.stdout.startswith("orders.csv: 1 new, 0 updated, 0 unchanged, 0 refused, up to line 2; import")
    assert "line 3 is longer than" in result.stderr


@pytest.mark.parametrize("arguments", [["import-orders", "/no/such/file"], ["import-orders"], ["fly"]])
def test_a_wrong_call_ends_with_exit_code_two(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_report_that_cannot_be_written_is_said(orders):
    line = said(run("import-orders", orders(order()), "--report", "/no/such/folder/report"), 2)
    assert line == "directservice: /no/such/folder/report: No such file or directory"


# Tokens


def test_a_token_speaks_for_whom_it_was_made(settings):
    result = run("token", "--role", "seller", "--id", "s-1")
    verifier = TokenVerifier.of_sandbox(token_secret(settings), trust(settings), system_clock)
    assert verifier.actor(f"Bearer {result.stdout.strip()}") == Actor(role=Role.SELLER, id="s-1")


@pytest.mark.parametrize(
    "arguments", [["--role", "system", "--id", "x"], ["--role", "seller", "--id", "a b"], ["--role", "seller"]]
)
def test_a_token_for_nobody_is_refused(arguments):
    assert run("token", *arguments).exit_code == 2


def test_production_has_no_local_tokens(installation, production):
    line = said(run("token", "--role", "seller", "--id", "s-1"), 2)
    assert line == "directservice: production has no local tokens; its issuer makes them"


# The clock


def test_the_clock_is_shown_and_moved():
    told = [run("clock", *words).stdout.strip() for words in (["show"], ["advance", "2d12h"], ["show"])]
    before, moved, after = map(datetime.fromisoformat, told)
    assert timedelta(days=2, hours=12) <= moved - before < timedelta(days=3)
    assert moved <= after < moved + timedelta(hours=12)


@pytest.mark.parametrize("arguments", [["advance", "fish"], ["advance", "-5h"], ["set", "2026-01-01"], ["advance"]])
def test_the_clock_takes_no_nonsense(arguments):
    assert run("clock", *arguments).exit_code == 2


def test_the_clock_is_never_set_back():
    assert "is never set back" in said(run("clock", "set", "2020-01-01T00:00:00Z"), 1)


def test_time_begins_where_it_is_chosen_while_nothing_is_recorded(orders):
    begin = ["clock", "start", "2026-03-06T18:00:00+01:00"]
    assert run(*begin).stdout == "2026-03-06T17:00:00+00:00\n"
    run("import-orders", orders(order()))
    assert said(run(*begin), 1).startswith("directservice: where time begins is chosen before anything is recorded")


def test_there_is_no_next_deadline_while_nobody_waits():
    assert run("clock", "next").stdout == "no case has a deadline ahead; time stays as it is\n"


def test_productions_clock_is_nobodys_to_move(installation, production):
    line = said(run("clock", "advance", "1h"), 1)
    assert line == "directservice: this is production; its time is the world's and is not moved"


# Read models and the database


def test_a_read_model_is_built_anew():
    result = run("rebuild", "deadlines")
    assert (result.exit_code, result.stdout) == (0, "deadlines is built anew\n")


def test_an_unknown_read_model_is_refused_with_those_there_are():
    assert said(run("rebuild", "fish"), 2).startswith("directservice: there is no read model 'fish'; there are ")


def test_a_database_can_be_migrated_again():
    assert run("migrate").stdout == "the database is of this version's shape\n"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x", "the database cannot be used: "),
        ("DATABASE_URL", "postgresql://[", "the database cannot be used: "),
        ("DIRECTSERVICE_POOL_SIZE", "many", "DIRECTSERVICE_POOL_SIZE: "),
        ("DIRECTSERVICE_FISH", "1", "DIRECTSERVICE_FISH: there is no such setting"),
    ],
)
def test_what_it_cannot_start_on_is_one_sentence(installation, name, value, sentence):
    installation.setenv(name, value)
    assert said(run("clock", "show"), 2).startswith(f"directservice: {sentence}")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_every_text_is_refused(installation, administration, server_url, encoding):
    name = f"{encoding}-{os.getpid()}".lower()
    administration.execute(f"create database \"{name}\" encoding '{encoding}' template template0 locale 'C'")
    installation.setenv("DATABASE_URL", at(server_url, name))
    try:
        line = said(run("migrate"), 2)
    finally:
        administration.execute(f'drop database "{name}" with (force)')
    assert line.startswith(f"directservice: the database's encoding is {encoding}; ")


def test_a_database_that_goes_away_meanwhile_is_one_sentence(monkeypatch):
    def gone(_):
        raise Unavailable("connection refused\n\tIs the server running?")

    monkeypatch.setattr("runtime.container.open_house", gone)
    assert said(run("clock", "show"), 1) == "directservice: connection refused"


def test_a_server_that_is_too_old_is_refused(monkeypatch):
    monkeypatch.setattr("runtime.database.OLDEST", 99)
    assert said(run("migrate"), 2).endswith("; 99 or newer is needed")


def test_another_master_key_is_noticed_at_once(installation, place):
    run("clock", "show")
    (place / "master.key").unlink()
    assert said(run("clock", "show"), 2).startswith("directservice: the master key does not open the key of ")


def test_a_master_key_is_exchanged_while_the_other_is_still_accepted(installation, place):
    run("clock", "show")
    installation.setenv("DIRECTSERVICE_OTHER_MASTER_KEYS", (place / "master.key").read_text())
    installation.setenv("DIRECTSERVICE_MASTER_KEY", base64.b64encode(bytes(32)).decode())
    assert run("rotate-master-key").stdout == "keys wrapped anew: 1\n"
    installation.delenv("DIRECTSERVICE_OTHER_MASTER_KEYS")
    assert run("rotate-master-key").stdout == "keys wrapped anew: 0\n"


@pytest.mark.parametrize("arguments", [["verify"], ["rebuild", "ledger"], ["rotate-master-key"], ["clock", "show"]])
def test_what_cannot_be_printed_is_said(monkeypatch, arguments):
    run("clock", "show")
    real = typer.echo

    def on_a_full_disk(message, *, err=False):
        if not err:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(message, err=True)

    monkeypatch.setattr("typer.echo", on_a_full_disk)
    assert said(run(*arguments), 2) == "directservice: No space left on device"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_export_that_does_not_fit_on_the_disk_is_said(monkeypatch, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    command = [sys.executable, "-m", "runtime.cli", "export", "period", "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 -- a device
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 -- ours
    assert (done.returncode, done.stderr) == (2, "directservice: No space left on device\n")


def test_a_command_whose_outputs_are_closed_does_its_work(orders):
    command = [sys.executable, "-m", "runtime.cli", "import-orders", str(orders(order()))]
    done = subprocess.run(["/bin/sh", "-c", '"$@" >&- 2>&-', "sh", *command], check=False)  # noqa: S603 -- ours
    assert done.returncode == 0
    assert "1 unchanged" in run("import-orders", orders(order())).stdout


def test_a_fault_of_the_program_is_a_sentence_too(installation, monkeypatch):
    monkeypatch.setattr("runtime.container.open_house", lambda _: 1 / 0)
    line = said(run("clock", "show"), 1)
    assert line.startswith("directservice: this should not have happened (ZeroDivisionError: division by zero)")
