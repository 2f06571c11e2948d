"""An export is verified by itself, by our verifier and by one that knows no more than the documentation."""

import json
from hashlib import sha256
from uuid import uuid4

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.actors import Actor, Role
from domain.refusals import RuleBroken
from store.audit.exported import NoExportError, verify_export
from store.audit.held import NoRootError, read_held
from store.audit.unfit import Unfit
from store.failures import Unavailable
from tests.service import SELLER, berlin
from tests.store.log_entries import entry
from tests.strategies import ON_ONE_DATABASE

AUDITOR = Actor(role=Role.AUDITOR, id="a-1")
ALWAYS = berlin("2026-01-01T00:00"), berlin("2027-01-01T00:00")


@pytest.fixture
def export(service, case_id):
    """The lines of an export: of the case, of its seller, or of the whole time."""
    exports = service.door.exports

    def made(scope="period", **options):
        match scope:
            case "case":
                return list(exports.case(case_id, AUDITOR, **options))
            case "seller":
                return list(exports.seller(SELLER.id, [["o-1-1"], ["o-1-2"]], AUDITOR, **options))
            case "period":
                return list(exports.period(*ALWAYS, AUDITOR, **options))

    return made


def told(lines, kind):
    return [each for each in map(json.loads, lines) if each["kind"] == kind]


@pytest.mark.parametrize("scope", ["case", "seller", "period"])
def test_an_untouched_export_fits(export, log, scope):
    lines = export(scope)
    verified = verify_export(lines, {each.number: each for each in log.roots()})
    assert verified.events == len(told(lines, "event")) > 0
    assert (verified.roots, verified.held, verified.uncovered) == (2, 2, 0)


def test_a_period_with_an_event_that_stays_undecided_breaks_off(export, engine, recorder, case_id, monkeypatch):
    monkeypatch.setattr("store.reader.PATIENCE", 0)
    with engine.connect() as unfinished:
        recorder.insert_events([entry(uuid4())], conn=unfinished)
        recorder.insert_events([entry(uuid4(), state='{"recorded_at": "2026-03-06T19:30:00.000000Z"}')])
        with pytest.raises(Unavailable, match="is still being written"):
            export()


def test_a_case_is_exported_whole(export, service, case_id):
    history = service.door.log.history(case_id)
    assert [event["version"] for event in told(export("case"), "event")] == [
        each.originator_version for each in history
    ]
    assert [event["state"].encode() for event in told(export("case"), "event")] == [each.state for each in history]


def test_a_seller_is_exported_with_his_lines_and_their_cases(export):
    topics = [event["topic"] for event in told(export("seller"), "event")]
    assert topics.count("order_line.recorded.v1") == 2
    assert topics.count("refund.requested.v1") == 2
    assert topics[0] == "seller.profile_recorded.v1"


def test_a_period_holds_what_was_recorded_in_it(export, service, log):
    events = told(service.door.exports.period(berlin("2026-03-06T19:00"), berlin("2026-03-06T20:00"), AUDITOR), "event")
    recorded = [json.loads(event["state"])["recorded_at"] for event in events]
    assert set(recorded) == {"2026-03-06T18:00:00.000000Z"}
    assert 0 < len(recorded) < log.count()
    assert told(service.door.exports.period(ALWAYS[1], berlin("2028-01-01T00:00"), AUDITOR), "event") == []


def test_a_period_that_ends_before_it_begins_is_refused(service):
    with pytest.raises(RuleBroken, match="begins before it ends"):
        service.door.exports.period(*reversed(ALWAYS), AUDITOR)


def test_what_no_root_covers_yet_is_exported_without_proof(export, service):
    service.upload()
    lines = export()
    assert told(lines, "event")[-1]["proof"] is None
    assert verify_export(lines, {}).uncovered == 1


def test_words_stay_sealed_unless_they_are_asked_for(export, service):
    assert b"Rot statt blau" not in b"".join(export())
    opened = [
        event["opened"] for event in told(export(opened=True), "event") if event["topic"] == "refund.requested.v1"
    ]
    assert opened[0] == {"/payload/description": "Rot statt blau, sagt Ada."}
    assert verify_export(export(opened=True), {}).events > 0
    service.vault.forget("buyer:b-1")
    assert b"Rot statt blau" not in b"".join(export(opened=True))


def refusal(lines, held=None):
    with pytest.raises((Unfit, NoExportError)) as caught:
        verify_export(lines, held or {})
    return str(caught.value)


@settings(max_examples=150, suppress_health_check=ON_ONE_DATABASE)
@given(data=st.data())
def test_any_changed_byte_behind_the_title_is_found(export, data):
    lines = export()
    number = data.draw(st.integers(1, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[number]) - 2))
    changed = bytearray(lines[number])
    changed[place] ^= 1
    assume(changed.lower() != lines[number].lower())
    refusal([*lines[:number], bytes(changed), *lines[number + 1 :]])


def test_a_case_that_is_passed_off_as_another_is_found(export, case_id):
    title, *rest = export("case")
    renamed = title.replace(str(case_id).encode(), str(uuid4()).encode())
    assert "which is exported" in refusal([renamed, *rest])
    nobodys = title.replace(b'"case":"' + str(case_id).encode() + b'",', b"")
    assert "does not say which case or period" in refusal([nobodys, *rest])


@settings(max_examples=60, suppress_health_check=ON_ONE_DATABASE)
@given(data=st.data(), scope=st.sampled_from(["case", "seller", "period"]))
def test_any_removed_or_repeated_line_is_found(export, data, scope):
    lines = export(scope)
    number = data.draw(st.integers(0, len(lines) - 1))
    refusal([*lines[:number], *lines[number + 1 :]])
    refusal([*lines[: number + 1], *lines[number:]]) if b'"kind":"root"' not in lines[number] else None


@settings(max_examples=40, suppress_health_check=ON_ONE_DATABASE)
@given(data=st.data())
def test_events_in_another_order_are_found(export, data):
    lines = export()
    events = [number for number, line in enumerate(lines) if b'"kind":"event"' in line]
    first, second = data.draw(st.permutations(events))[:2]
    lines[first], lines[second] = lines[second], lines[first]
    refusal(lines)


def test_an_event_left_out_with_the_count_made_to_fit_is_found(export):
    lines = export()
    events = [number for number, line in enumerate(lines) if b'"kind":"event"' in line]
    uploads = [number for number in events[1:-1] if b"evidence.uploaded" in lines[number]]
    del lines[uploads[0]]
    lines[-1] = json.dumps({"kind": "end", "events": len(events) - 1}).encode()
    assert "something is missing before it" in refusal(lines)


def without(lines, *left_out):
    """The export without these lines, its count made to fit."""
    kept = [line for number, line in enumerate(lines[:-1]) if number not in left_out]
    count = sum(b'"kind":"event"' in line for line in kept)
    return [*kept, json.dumps({"kind": "end", "events": count}).encode()]


def under_root(lines, number):
    """The lines of this root and of the events under it."""
    told = [json.loads(line) for line in lines]
    return [
        place
        for place, line in enumerate(told)
        if (line["kind"] == "root" and line["number"] == number)
        or (line["kind"] == "event" and line["proof"]["root"] == number)
    ]


def test_a_period_cut_off_behind_is_found(export):
    lines = export()
    assert "root 2 covers" in refusal(without(lines, len(lines) - 2))


def test_a_root_left_out_behind_is_found_by_whoever_holds_it(export, log, service):
    service.later(hours=2)
    lines = export()
    cut = without(lines, *under_root(lines, 2))
    assert verify_export(cut, {}).roots == 1
    assert "root 2 was taken within the period" in refusal(cut, {each.number: each for each in log.roots()})


def test_a_root_without_its_events_is_found(export):
    lines = export()
    assert "root 2 is told, and no event under it" in refusal(without(lines, *under_root(lines, 2)[1:]))


def test_a_period_cut_off_before_is_found_by_whoever_holds_the_root_before_it(export, log):
    lines = export()
    second = under_root(lines, 2)
    cut = without(lines, *under_root(lines, 1), second[1])
    assert "root 2 covers" in refusal(cut, {each.number: each for each in log.roots()})


def test_a_part_of_a_day_fits_though_its_roots_reach_beyond_it(service, log, export):
    held = {each.number: each for each in log.roots()}
    for first, last in (("18:30", "19:30"), ("17:00", "18:30"), ("19:30", "20:30")):
        lines = service.door.exports.period(berlin(f"2026-03-06T{first}"), berlin(f"2026-03-06T{last}"), AUDITOR)
        verify_export(list(lines), held)


def test_events_that_no_root_covers_stand_behind_all_that_one_covers(export, service):
    service.upload()
    lines = export()
    assert "something is missing before it" in refusal(without(lines, len(lines) - 3))


def test_a_proof_left_out_is_found_by_whoever_holds_a_root(export, log):
    lines = export("case")
    last = json.loads(lines[-2]) | {"proof": None}
    lines[-2] = json.dumps(last).encode()
    assert verify_export(lines, {}).uncovered == 1
    assert "it has no proof" in refusal(lines, {each.number: each for each in log.roots()})


def test_a_root_that_others_hold_otherwise_is_found(export, log, service):
    held = {each.number: each for each in log.roots()}
    held[1] = held[2]
    assert "is not the one that is held" in refusal(export(), {1: held[2]})


@pytest.mark.parametrize("text", [b"", b"{}\n", b"not json\n", b'{"kind":"end","events":0}\n', b"\xff\n"])
def test_what_is_no_export_is_said(text):
    assert "line 1" in refusal(text.splitlines(keepends=True))


def test_held_roots_are_read_as_they_were_printed(log, case_id):
    printed = [json.dumps(each.told()) for each in log.roots()]
    assert list(read_held(printed).values()) == list(log.roots())
    with pytest.raises(NoRootError, match="line 2: this is no root"):
        read_held([printed[0], "{}"])


def as_the_documentation_says(lines):
    """Somebody else's verifier, after docs/audit-chain.md: every event's link and proof, every root's digest."""

    def hashed(*parts):
        return sha256(b"".join(parts))

    tips, roots = {}, {}
    for line in map(json.loads, lines):
        if line["kind"] == "root":
            names = ("number", "position", "events", "tree", "taken_at", "previous")
            assert hashed("\n".join(str(line[name]) for name in names).encode()).hexdigest() == line["digest"]
            roots[line["number"]] = line
        if line["kind"] == "event":
            version, digest = tips.get(line["stream_id"], (0, "0" * 64))
            assert line["version"] == version + 1
            assert json.loads(line["state"])["previous"] == digest
            head = f"{line['stream_id']}\n{line['version']}\n{line['topic']}\n"
            digest = hashed(head.encode(), line["state"].encode()).hexdigest()
            tips[line["stream_id"]] = line["version"], digest
            proof, width = line["proof"], roots[line["proof"]["root"]]["events"]
            node, index = hashed(b"\0", f"{line['position']}\n{digest}".encode()).digest(), proof["index"]
            path = [bytes.fromhex(each) for each in proof["path"]]
            while width > 1:
                if index ^ 1 < width:
                    other = path.pop(0)
                    node = hashed(b"\1", *((other, node) if index % 2 else (node, other))).digest()
                index, width = index // 2, (width + 1) // 2
            assert (node.hex(), path) == (roots[proof["root"]]["tree"], [])
    return len(tips)


@pytest.mark.parametrize("scope", ["case", "seller", "period"])
def test_somebody_elses_verifier_agrees(export, scope):
    assert as_the_documentation_says(export(scope)) > 0
