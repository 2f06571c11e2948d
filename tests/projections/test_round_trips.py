"""What goes to the server together arrives, however much it is."""

from threading import Thread

from projections.round_trips import at_once, tell

LARGE = "x" * 1_000_000
"""Some of these together are more than the way to the server holds."""
PATIENCE = 60.0


def write_much(engine, found):
    with engine.connect() as conn:
        conn.exec_driver_sql("create temporary table heap (words text)")
        with at_once(conn):
            tell(conn, *[("insert into heap values (%(words)s)", {"words": LARGE})] * 20)
            conn.commit()
        found.append(conn.exec_driver_sql("select count(*), sum(length(words)) from heap").one())


def test_a_commit_arrives_behind_more_than_the_way_to_the_server_holds(engine):
    found = []
    writing = Thread(target=write_much, args=[engine, found], daemon=True)
    writing.start()
    writing.join(PATIENCE)
    assert found == [(20, 20 * len(LARGE))]
