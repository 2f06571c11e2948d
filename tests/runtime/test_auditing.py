"""The auditor's command line: roots to hold, exports to take away, and a verifier for both."""

import json
from uuid import uuid4

import pytest

from store.engine import connect
from store.recorder import LogRecorder
from tests.runtime.test_cli import orders, run, said
from tests.runtime.test_order_import import order
from tests.store.log_entries import entry

__all__ = ["orders"]
pytestmark = pytest.mark.usefixtures("installation", "logging_as_before")
YEAR = ("2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z")


@pytest.fixture
def held(orders, tmp_path):
    """Two imports, a root over each; the file in which somebody keeps both roots."""
    run("import-orders", orders(order(), order(line_id="o-1-2")))
    run("roots", "take")
    run("import-orders", orders(order(line_id="o-1-3")))
    run("roots", "take")
    file = tmp_path / "held.ndjson"
    file.write_text(run("roots", "show").stdout)
    return file


@pytest.fixture
def export(held, tmp_path):
    file = tmp_path / "export.ndjson"
    assert run("export", "period", *YEAR, "--output", file).exit_code == 0
    return file


def test_roots_are_printed_one_a_line(held):
    numbers = [json.loads(line)["number"] for line in held.read_text().splitlines()]
    assert numbers == [1, 2]
    assert run("roots", "show", "--after", 1).stdout == held.read_text().splitlines(keepends=True)[1]


def test_the_store_is_verified(held):
    result = run("verify", "--held", held)
    events = sum(json.loads(line)["events"] for line in held.read_text().splitlines())
    told = f"{events} events fit, under 2 roots, 2 of them as held elsewhere; 0 events are under no root\n"
    assert (result.exit_code, result.stdout) == (0, told)


def test_a_store_in_which_something_is_still_being_written_is_not_said_not_to_fit(held, engine, monkeypatch):
    monkeypatch.setattr("store.reader.PATIENCE", 0)
    recorder = LogRecorder(engine)
    with engine.connect() as unfinished:
        recorder.insert_events([entry(uuid4())], conn=unfinished)
        recorder.insert_events([entry(uuid4())])
        assert "could not be verified to its end" in said(run("verify"), 2)


def test_an_export_is_verified_without_the_store(installation, export, held):
    installation.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x")
    result = run("verify", export, "--held", held)
    assert (result.exit_code, "2 of them as held elsewhere" in result.stdout) == (0, True)


def test_the_first_event_that_does_not_fit_is_named(held, database_url):
    engine = connect(database_url, role=None)
    with engine.begin() as intruder:
        intruder.exec_driver_sql("alter table store.event disable trigger append_only")
        gone = intruder.exec_driver_sql("select id, stream_id, version from store.event order by id limit 1").one()
        intruder.exec_driver_sql("delete from store.event where id = %s", (gone.id,))
    engine.dispose()
    line = said(run("verify"), 1)
    place = f"position {gone.id}, stream {gone.stream_id}, version {gone.version}"
    assert line == f"directservice: {place}: it is gone from the log"


def test_a_changed_export_is_named_with_the_event(export):
    export.write_text(
        export.read_text().replace("Vintage", "Antique").replace("Camera", "Kamera").replace("o-1-3", "o-1-4")
    )
    assert ": it is not the one that root " in said(run("verify", export), 1)


@pytest.mark.parametrize("file", ["/no/such/file", __file__])
def test_what_cannot_be_verified_is_said(file):
    assert said(run("verify", file), 2).startswith("directservice: ")


def test_a_seller_and_a_case_are_exported_to_standard_output(held):
    lines = run("export", "seller", "s-1").stdout.splitlines()
    assert json.loads(lines[0])["seller"] == "s-1"
    assert said(run("export", "seller", "nobody"), 1) == "directservice: no seller nobody"
    missing = "00000000-0000-4000-8000-000000000000"
    assert said(run("export", "case", missing), 1) == f"directservice: there is no case or cancellation {missing}"
