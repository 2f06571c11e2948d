"""What can still be read of a person's words, however they are written down."""

from base64 import b64encode

TABLES = """
    select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'
"""


def traces(word):
    """How a word looks as it is, in PostgreSQL's hexadecimal, and in base64 wherever it begins."""
    plain = word.encode()
    in_base64 = {b64encode(b"x" * shift + plain + b"xx")[4:-4] for shift in range(3)}
    return {plain, plain.lower(), plain.hex().encode(), *in_base64}


def read_in(content, words):
    """Which of these words can be read in these bytes."""
    return {word for word in words if any(trace in content for trace in traces(word))}


def in_tables(owner, words):
    """Which of the words can be read in which table of any schema."""
    with owner.connect() as conn:
        tables = conn.exec_driver_sql(TABLES).scalars().all()
        assert {"store.event", "store.command", "keys.person_key", "views.seller_order", "twins.refund"} <= set(tables)
        found = {}
        for table in tables:
            rows = conn.exec_driver_sql(f"select t::text from {table} t").scalars()  # noqa: S608 -- PostgreSQL's own names
            found[table] = read_in("\n".join(rows).encode(), words)
    return {table: said for table, said in found.items() if said}


def in_files(folder, words):
    """Which of the words can be read in which file."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return {path.name: said for path in files if (said := read_in(path.read_bytes(), words))}
