"""Order files: good rows land whatever stands beside them, bad ones are named with line and reason (SPEC §2)."""

import csv
import gzip
import io
import itertools
import json

import pytest
import sqlalchemy as sa

from domain.actors import Actor, Role
from domain.money import Money
from domain.order.facts import OrderLineFacts
from domain.vocabulary import ListingKind
from runtime.order_import import FileRefusedError, Tally, import_orders
from runtime.order_import.facts import MOST_FAULTS
from runtime.order_import.importing import BATCH
from runtime.order_import.lines import LONGEST_LINE
from store.application import Recorded

ORDER = {
    "order_id": "o-1",
    "line_id": "o-1-1",
    "buyer_id": "b-1",
    "seller_id": "s-1",
    "title": "Blue vase",
    "category": "home",
    "price": "40.00",
    "shipping": "5.90",
    "tax": "0.00",
    "currency": "EUR",
    "purchased_at": "2026-03-02T09:00:00+01:00",
}
MARKETPLACE = Actor(role=Role.MARKETPLACE, id="m")
HEADER = ",".join(ORDER)


def order(**changed):
    return {**ORDER, **changed}


def as_csv(*orders):
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=dict.fromkeys(itertools.chain(*orders)))
    writer.writeheader()
    writer.writerows(orders)
    return text.getvalue().encode()


def as_json(*orders):
    return "".join(f"{json.dumps(each)}\n" for each in orders).encode()


@pytest.fixture
def imported(service):
    def imported(content):
        return list(import_orders(io.BytesIO(content), service.order_lines))

    return imported


def facts(service, line_id="o-1-1"):
    line = service.order_lines.find(line_id)
    return line and line.facts


def outcome(rows):
    return [(row.line, row.recorded.value) for row in rows]


def reasons(rows):
    return [(row.line, *map(str, row.faults)) for row in rows if row.faults]


# What lands


@pytest.mark.parametrize("write", [as_csv, as_json])
def test_a_line_lands_with_all_its_facts(service, imported, write):
    whole = order(
        listing_kind="break",
        openable="true",
        tax="1.05",
        commission="4.01",
        quantity="2",
        label_printed_at="2026-03-02T10:00:00+01:00",
        shipped_at="2026-03-03T10:00:00Z",
        delivered_at="2026-03-05T10:00:00.25-03:00",
        estimated_delivery_at="2026-03-07T00:00:00+01:00",
        status="delivered",
        tracking_carrier="DHL",
        tracking_number="JJD 01",
        tracking_updated_at="2026-03-05T10:00:00Z",
        payment_reference="pay-1",
        listing_description="A vase,\nhand-made.",
        listing_condition="new",
        listing_photos="https://example.org/1.jpg|https://example.org/2.jpg",
        listing_video_receipts="video-1",
    )
    assert outcome(imported(write(whole))) == [(2 if write is as_csv else 1, "new")]
    assert facts(service) == OrderLineFacts.model_validate(
        {
            **{name: ORDER[name] for name in ("order_id", "line_id", "buyer_id", "seller_id", "title", "category")},
            "listing_kind": ListingKind.BREAK,
            "openable": True,
            "price": Money(minor=4000, currency="EUR"),
            "shipping": Money(minor=590, currency="EUR"),
            "tax": Money(minor=105, currency="EUR"),
            "commission": Money(minor=401, currency="EUR"),
            "quantity": 2,
            "purchased_at": "2026-03-02T08:00:00Z",
            "label_printed_at": "2026-03-02T09:00:00Z",
            "shipped_at": "2026-03-03T10:00:00Z",
            "delivered_at": "2026-03-05T13:00:00.25Z",
            "estimated_delivery_at": "2026-03-06T23:00:00Z",
            "tracking": {"carrier": "DHL", "number": "JJD 01"},
            "tracking_updated_at": "2026-03-05T10:00:00Z",
            "payment_reference": "pay-1",
            "listing": {
                "description": "A vase,\nhand-made.",
                "condition": "new",
                "photos": ["https://example.org/1.jpg", "https://example.org/2.jpg"],
                "video_receipts": ["video-1"],
            },
        }
    )


def test_what_is_empty_has_not_happened(service, imported):
    imported(as_csv(order(shipped_at="", delivered_at=" ", commission="", tracking_carrier="", status="")))
    line = facts(service)
    assert (line.shipped_at, line.delivered_at, line.commission, line.tracking, line.cancelled) == (
        *[None] * 4,
        False,
    )


@pytest.mark.parametrize("status", ["canceled", "cancelled", "Canceled"])
def test_a_cancelled_line_is_known_as_one(service, imported, status):
    imported(as_csv(order(status=status)))
    assert facts(service).cancelled


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("40", "EUR", 4000),
        ("40.9", "EUR", 4090),
        ("0.01", "BRL", 1),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("40.900", "EUR", 4090),
    ],
)
def test_amounts_are_exact_to_the_minor_unit_of_their_currency(service, imported, text, currency, minor):
    imported(as_csv(order(price=text, shipping="0", tax="0", currency=currency)))
    assert facts(service).price == Money(minor=minor, currency=currency)


def test_json_numbers_and_truth_values_and_null_are_read_as_exactly(service, imported):
    imported(b'{"price": 0.29, "quantity": 3, "openable": true, "shipped_at": null, ' + as_json(short())[1:])
    line = facts(service)
    assert (line.price.minor, line.quantity, line.openable, line.shipped_at) == (29, 3, True, None)


def short():
    return {name: value for name, value in ORDER.items() if name != "price"}


def test_a_json_line_may_have_the_shape_in_which_the_api_takes_it(service, imported):
    sent = OrderLineFacts.model_validate(
        {
            **{name: ORDER[name] for name in ("order_id", "line_id", "buyer_id", "seller_id", "title", "category")},
            **{name: {"minor": 100, "currency": "EUR"} for name in ("price", "shipping", "tax")},
            "purchased_at": ORDER["purchased_at"],
            "listing": {"photos": ["https://example.org/1.jpg"]},
        }
    )
    assert outcome(imported(sent.model_dump_json().encode())) == [(1, "new")]
    assert facts(service) == sent


def test_an_unknown_seller_is_created_and_is_not_enrolled(service, imported):
    imported(as_csv(order()))
    assert service.accounts.seller("s-1", MARKETPLACE).account.profile.enrolled is False


def test_the_lines_of_one_import_share_a_correlation_and_name_the_importer(engine, imported):
    imported(as_csv(*[order(line_id=f"l-{n}") for n in range(BATCH + 1)]))
    with engine.connect() as connection:
        causes = connection.execute(
            sa.text("select distinct state ->> 'correlation_id', state ->> 'command_id' from store.event")
        ).all()
    assert len({correlation for correlation, _ in causes}) == 1
    assert len(causes) == 2


# Again


def test_importing_twice_changes_nothing(engine, imported):
    file = as_csv(order(), order(line_id="o-1-2"))
    imported(file)
    before = events(engine)
    assert outcome(imported(file)) == [(2, "unchanged"), (3, "unchanged")]
    assert events(engine) == before


def test_a_line_reported_with_other_facts_is_updated(service, imported):
    imported(as_csv(order()))
    assert outcome(imported(as_csv(order(shipped_at="2026-03-03T09:00:00Z")))) == [(2, "updated")]
    assert facts(service).shipped_at is not None


def test_an_interrupted_import_is_simply_repeated(service, imported):
    file = as_csv(*[order(line_id=f"l-{n}") for n in range(2 * BATCH + 5)])
    interrupted = import_orders(io.BytesIO(file), service.order_lines)
    next(interrupted)
    interrupted.close()
    tally = Tally()
    for row in imported(file):
        tally.add(row)
    assert str(tally) == f"{BATCH + 5} new, 0 updated, {BATCH} unchanged, 0 refused"


def events(engine):
    with engine.connect() as connection:
        return connection.execute(sa.text("select count(*) from store.event")).scalar_one()


# Bad rows


def test_good_rows_land_beside_bad_ones(service, imported):
    rows = imported(as_csv(order(), order(line_id="o-1-2", price="much"), order(line_id="o-1-3")))
    assert outcome(rows) == [(2, "new"), (3, "refused"), (4, "new")]
    assert reasons(rows) == [(3, "price: 'much' is not an amount")]
    assert facts(service, "o-1-2") is None
    assert facts(service, "o-1-3") is not None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"order_id": ""}, "order_id: is missing"),
        ({"line_id": "a b"}, "line_id: String should match pattern"),
        ({"title": "x" * 201}, "title: String should have at most 200 characters, not 'xxx"),
        ({"price": "45,90"}, "price: '45,90' is not an amount"),
        ({"price": "4590e-2"}, "price: '4590e-2' is not an amount"),
        ({"price": "NaN"}, "price: 'NaN' is not an amount"),
        ({"price": "1_000"}, "price: '1_000' is not an amount"),
        ({"price": "٤٠"}, "price: '٤٠' is not an amount"),
        ({"price": "-0.01"}, "price: -0.01 is negative"),
        ({"price": "40.001"}, "price: '40.001' is finer than the minor unit of EUR"),
        ({"price": f"1.{'0' * 40}1"}, "price: "),
        ({"price": "9" * 15}, "price: Input should be less than or equal to"),
        (
            {"price": "0.5", "currency": "JPY", "tax": "0", "shipping": "0"},
            "price: '0.5' is finer",
        ),
        ({"currency": "euro"}, "currency: "),
        ({"currency": ""}, "currency: "),
        ({"currency": "XQZ"}, "currency: 'XQZ' is no ISO 4217 currency"),
        ({"commission": "40.01"}, "the commission is not above the price"),
        ({"purchased_at": ""}, "purchased_at: is missing"),
        ({"purchased_at": "2026-03-02T09:00:00"}, "purchased_at: an instant is written like"),
        ({"purchased_at": "2026-03-02"}, "purchased_at: an instant is written like"),
        ({"purchased_at": "1772438400"}, "purchased_at: an instant is written like"),
        ({"purchased_at": "2026-02-30T09:00:00Z"}, "purchased_at: day is out of range for month"),
        ({"purchased_at": "2026-03-02T09:00:00+25:00"}, "purchased_at: an instant is written like"),
        ({"purchased_at": "0001-01-01T00:00:00+14:00"}, "purchased_at: "),
        ({"shipped_at": "2026-03-01T09:00:00+01:00"}, "shipped_at is not before purchased_at"),
        ({"listing_kind": "auction"}, "listing_kind: Input should be 'standard', 'giveaway'"),
        ({"openable": "perhaps"}, "openable: Input should be a valid boolean"),
        ({"quantity": "0"}, "quantity: Input should be greater than or equal to 1"),
        ({"quantity": "1.5"}, "quantity: '1.5' is not a whole number"),
        ({"quantity": "1_0"}, "quantity: '1_0' is not a whole number"),
        ({"quantity": "٢"}, "quantity: '٢' is not a whole number"),
        ({"tracking_carrier": "DHL"}, "tracking_number: is missing"),
        ({"title": "nul\0nul"}, "title: character 4 is NUL"),
    ],
)
@pytest.mark.parametrize("write", [as_csv, as_json])
def test_a_bad_row_is_refused_with_its_reason(engine, imported, write, changed, reason):
    [row] = imported(write(order(**changed)))
    assert row.recorded is Recorded.REFUSED
    assert [str(fault) for fault in row.faults if str(fault).startswith(reason)], row.faults
    assert len(row.faults) == 1
    assert events(engine) == 0


def test_every_fault_of_a_row_is_named_at_once(imported):
    [row] = imported(as_csv(order(order_id="", price="x", shipping="y", quantity="z", purchased_at="today")))
    assert {fault.column for fault in row.faults} == {"order_id", "price", "shipping", "quantity", "purchased_at"}


def test_a_report_that_would_change_a_lines_seller_is_refused_and_the_rest_lands(service, imported):
    imported(as_csv(order()))
    rows = imported(as_csv(order(seller_id="s-2"), order(line_id="o-1-2")))
    assert outcome(rows) == [(2, "refused"), (3, "new")]
    assert reasons(rows) == [(2, "seller_id: line o-1-1 has seller_id s-1; a report with s-2 is refused")]


def test_a_line_named_twice_alike_counts_once(imported):
    assert outcome(imported(as_csv(order(), order()))) == [(2, "new"), (3, "unchanged")]


def test_a_line_named_twice_differently_keeps_the_first_report(service, imported):
    rows = imported(as_csv(order(), order(title="Red vase")))
    assert reasons(rows) == [(3, "line_id: line 2 of the file already tells of o-1-1, differently")]
    assert facts(service).title == "Blue vase"


def test_a_row_that_was_refused_stands_in_the_way_of_no_other(service, imported):
    imported(as_csv(order()))
    wrong, right = order(seller_id="s-2"), order(title="Red vase")
    between = [order(line_id=f"l-{n}") for n in range(BATCH)]
    rows = imported(as_csv(wrong, wrong, right, wrong, *between, wrong))
    assert outcome(rows)[:4] == [(2, "refused"), (3, "refused"), (4, "updated"), (5, "refused")]
    assert rows[-1].recorded is Recorded.REFUSED
    assert [row.faults[0].column for row in rows if row.faults] == ["seller_id", "seller_id", "line_id", "line_id"]
    assert facts(service).title == "Red vase"


def test_lines_named_twice_alike_need_no_transaction_of_their_own(engine, imported):
    lines = [order(line_id=f"l-{n}") for n in range(10)]
    rows = imported(as_csv(*[line for line in lines for _ in range(2)]))
    assert [row.recorded.value for row in rows] == ["new", "unchanged"] * 10
    with engine.connect() as connection:
        commands = connection.execute(sa.text("select count(distinct state ->> 'command_id') from store.event"))
        assert commands.scalar_one() == 1


def test_rows_are_found_by_their_physical_line_also_after_texts_of_several_lines(imported):
    rows = imported(as_csv(order(listing_description="one\ntwo\nthree"), order(line_id="o-1-2", price="x")))
    assert [(row.line, row.recorded.value) for row in rows] == [(2, "new"), (5, "refused")]


def test_blank_lines_are_no_rows(imported):
    rows = imported(as_csv(order()).replace(b"\r\n", b"\n\n") + b"\n")
    assert outcome(rows) == [(3, "new")]


def test_a_row_of_too_few_or_too_many_cells_is_refused(imported):
    file = as_csv(order()) + b"o-2,o-2-1\r\n" + b"," * 11 + b"\r\n"
    assert reasons(imported(file)) == [
        (3, "has 2 cells where the header names 11 columns"),
        (4, "has 12 cells where the header names 11 columns"),
    ]


def test_broken_quotes_cost_their_row_and_no_other(imported):
    file = f'{HEADER}\n"o-1"x,l\n'.encode() + as_csv(order()).split(b"\r\n", 1)[1]
    rows = imported(file)
    assert outcome(rows) == [(2, "refused"), (3, "new")]
    assert reasons(rows) == [(2, """no CSV row: ',' expected after '"'""")]


def test_a_quote_that_never_ends_says_which_lines_it_swallowed(imported):
    rows = imported(f'{HEADER}\n"o-1,l\nx\ny\n'.encode())
    assert reasons(rows) == [(2, "no CSV row: unexpected end of data; lines 2 to 4 were taken as one row")]


def test_a_line_that_is_no_json_object_is_refused(imported):
    lines = [
        b'{"order_id": "o-1"',
        b'["o-1"]',
        b'{"order_id": "o-1", "order_id": "o-2"}',
        b'{"price": NaN}',
        b"[" * 100_000,
        as_json(order(title=["a"])),
        as_json(order(colour="blue")),
    ]
    rows = imported(as_json(order()) + b"\n".join(line.strip() for line in lines))
    assert reasons(rows) == [
        (2, "no JSON: Expecting ',' delimiter at character 19"),
        (3, "no JSON object; each line is one"),
        (4, "names 'order_id' twice"),
        (5, "no JSON: NaN is no number"),
        (6, "no order line: nested too deep"),
        (7, "title: is a list or an object; a column holds one value"),
        (8, "colour: is no known column"),
    ]


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted(imported):
    [row] = imported(as_json({str(n): 0 for n in range(50_000)}))
    assert str(row.faults[0]) == "0: is no known column"
    assert len(row.faults) == MOST_FAULTS + 1
    assert str(row.faults[-1]).startswith("and ")


def test_what_a_reason_repeats_of_the_file_is_short_and_prints(imported):
    rows = imported(as_json({"\x1b[2J" + "k" * 500: 0}, order(price="9" * 5_000), order(line_id="l" * 5_000)))
    assert rows[0].faults[0].column == "\\x1b[2J" + "k" * 55 + "…"
    assert [len(row.faults[0].reason) < 400 for row in rows] == [True] * 3
    assert rows[2].line_id is None


def test_a_name_that_comes_twice_among_very_many_is_found_at_once(imported):
    names = ",".join(f'"{n}":0' for n in range(80_000))
    assert reasons(imported(f'{{{names},"7":0}}'.encode())) == [(1, "names '7' twice")]


def test_a_number_of_very_many_digits_is_refused(imported):
    rows = imported(f'{{"price": {"9" * 5_000}}}'.encode())
    assert reasons(rows) == [(1, "a number has 5000 digits")]


def test_a_body_is_looked_through_no_deeper_than_an_order_line_goes(imported):
    price = {"minor": 1, "currency": "EUR"}
    [row] = imported(b'{"x": ' + b"[" * 900 + b"]" * 900 + b"," + as_json(order(price=price))[1:])
    assert str(row.faults[0]) == "x.0.0.0.0.0.0.0.0: is nested too deep"


def test_a_row_over_very_many_lines_is_left_off(imported):
    cell = '"' + "x\n" * 50_000 + '",'
    first, *_ = imported(f"{HEADER}\n{cell * (LONGEST_LINE // len(cell) + 1)}\n".encode())
    assert first.line == 2
    assert str(first.faults[0]).startswith(f"no CSV row: it is longer than {LONGEST_LINE} characters; lines 2 to ")


def test_a_line_in_the_apis_shape_names_its_faults_as_the_api_does(imported):
    price = {"minor": 0.5, "currency": "EUR"}
    [row] = imported(as_json(order(price=price, shipping=price, tax=price, colour="blue")))
    assert {fault.column for fault in row.faults} == {
        "price.minor",
        "shipping.minor",
        "tax.minor",
        "colour",
        "currency",
    }


@pytest.mark.parametrize("changed", [{"quantity": "2"}, {"openable": "yes"}, {"listing_kind": 1}, {"quantity": True}])
def test_a_line_in_the_apis_shape_is_read_as_strictly_as_the_api_reads_it(imported, changed):
    price = {"minor": 1, "currency": "EUR"}
    body = {**{name: value for name, value in ORDER.items() if name != "currency"}, "quantity": 2}
    body |= {"price": price, "shipping": price, "tax": price, "commission": price}
    good, bad = imported(as_json({**body, "line_id": "o-1-2"}, body | changed))
    assert good.recorded is Recorded.NEW, good.faults
    assert bad.recorded is Recorded.REFUSED
    assert {fault.column for fault in bad.faults} == set(changed)


# Encodings


def test_a_byte_order_mark_is_no_part_of_the_first_column(imported):
    assert outcome(imported(b"\xef\xbb\xbf" + as_csv(order()))) == [(2, "new")]
    assert outcome(imported(b"\xef\xbb\xbf" + as_json(order()))) == [(1, "unchanged")]


def test_a_byte_that_is_not_utf8_costs_its_row(imported):
    file = as_csv(order(title="caf\u00e9"), order(line_id="o-1-2"))
    rows = imported(file.replace("\u00e9".encode(), b"\xe9"))
    assert outcome(rows) == [(2, "refused"), (3, "new")]
    assert reasons(rows) == [(2, "title: the byte 0xE9 at character 4 is not UTF-8")]


def test_a_json_line_with_a_bad_byte_or_half_a_character_is_refused(imported):
    rows = imported(
        as_json(order(line_id="a")) + b'{"title": "caf\xe9"}\n' + as_json(order(line_id="b", title="\ud800"))
    )
    assert reasons(rows) == [
        (2, "the byte 0xE9 at character 15 is not UTF-8"),
        (3, "title: character 1 is half of a surrogate pair"),
    ]


def test_a_nul_inside_the_apis_shape_is_found_where_it_is(imported):
    price = {"minor": 1, "currency": "EUR"}
    body = {**ORDER, "price": price, "shipping": price, "tax": price, "listing": {"photos": ["a\0b"]}}
    assert reasons(imported(as_json(body))) == [(1, "listing.photos.0: character 2 is NUL")]


# Files that are none


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it may be empty"),
        (b"\n\n", "it may be empty"),
        ("order_id\n".encode("utf-16"), "the file is written in UTF-16; save it as UTF-8"),
        (HEADER.replace("price", "prize").encode(), "unknown columns: prize; missing columns: price"),
        (f"{HEADER},title".encode(), "named twice: title"),
        (f"{HEADER},".encode(), r"unknown columns: \(no name\)"),
        (HEADER.replace(",", ";").encode(), "the columns are separated by ';'; separate them by ','"),
        (HEADER.replace("price", "pri\0ce").encode(), "the first line names no columns: character 4 is NUL"),
        (b"\xff" + HEADER.encode(), "the first line names no columns: the byte 0xFF at character 1 is not UTF-8"),
        (b'"order_id', "the first line is no CSV header: unexpected end of data"),
        (b"PNG\r\n" + bytes(10), "unknown columns: PNG"),
        (HEADER.replace(",", "\r").encode() + b"\r", "a carriage return stands alone; let lines end with a line feed"),
        (gzip.compress(HEADER.encode(), mtime=0), "the file is compressed; unpack it first"),
        (",".join(map(str, range(100_000))).encode(), "unknown columns: 0, 1, 2, .* 28, 29 and 99970 more; missing"),
        (f"{HEADER},a\x1b[31m".encode(), r"unknown columns: a\\x1b\[31m "),
        (b'[{"order_id": "o-1"}]', "one JSON array; write one object a line"),
        (b"x" * (LONGEST_LINE + 1), "line 1 is longer than"),
    ],
)
def test_a_file_that_cannot_be_one_of_order_lines_is_refused_up_front(engine, imported, content, reason):
    with pytest.raises(FileRefusedError, match=reason):
        imported(content)
    assert events(engine) == 0


def test_a_header_alone_is_a_file_without_lines(imported):
    assert imported(HEADER.encode()) == []


def test_rows_before_the_file_turns_out_to_be_none_are_kept(service, imported):
    with pytest.raises(FileRefusedError, match="line 3 is longer than"):
        imported(as_csv(order()) + b"x" * (LONGEST_LINE + 1))
    assert facts(service) is not None


# Size


def test_a_file_is_never_read_further_than_the_batch_at_hand(service):
    file = io.BytesIO(as_csv(*[order(line_id=f"l-{n}") for n in range(10 * BATCH)]))
    rows = import_orders(file, service.order_lines)
    next(rows)
    assert file.tell() < len(file.getvalue()) / 8
