"""The parts of the demo that its story does not reach: odd order files, its folder, its pictures."""

import fcntl
import os
from datetime import UTC, datetime, timedelta

import pytest

from domain.business_time import Calendar
from domain.evidence import MediaType
from runtime.database import StartError
from runtime.demo.casting import Casting
from runtime.demo.folder import demo_settings
from runtime.demo.market import FRIDAY, write_orders
from runtime.demo.pictures import photo
from runtime.demo.plan import NoStoryError, planned
from runtime.demo.scenes import SCENES
from runtime.order_import import FileRefusedError
from runtime.settings import Settings
from store.application.evidence import media_type_of
from tests.runtime.test_order_import import as_csv, order

BERLIN = Calendar()


@pytest.fixture
def file(tmp_path):
    def file(*lines):
        path = tmp_path / "orders.csv"
        path.write_bytes(as_csv(*lines))
        return path

    return file


def bought(days_before, **changed):
    """A line of the given age on the Friday, delivered two days after it was bought."""
    at = FRIDAY - timedelta(days=days_before)
    delivered = (at + timedelta(days=2)).isoformat()
    return order(**{"purchased_at": at.isoformat(), "delivered_at": delivered, **changed})


def test_the_story_begins_on_the_friday_after_the_newest_sale(file):
    plan = planned(file(bought(5), bought(12, line_id="o-1-2")), BERLIN)
    assert plan.begins == datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
    assert [line.line_id for line in plan.lines] == ["o-1-1", "o-1-2"]


def test_it_begins_after_everything_that_happened_to_its_lines(file):
    plan = planned(file(bought(5), bought(1, line_id="o-1-2")), BERLIN)
    assert all(line.delivered_at <= plan.begins for line in plan.lines)


def test_one_line_far_in_the_future_does_not_carry_the_story_away(file):
    lines = [bought(5, line_id=f"l-{n}") for n in range(20)]
    assert timedelta() < planned(file(*lines, bought(-9000)), BERLIN).begins - FRIDAY < timedelta(days=14)


def test_lines_of_long_ago_have_their_story_too(file):
    assert planned(file(bought(7000)), BERLIN).begins.year == 2007


@pytest.mark.parametrize("lines", [[order(status="cancelled")], [order(price="x")]])
def test_without_a_line_there_is_no_story(file, lines):
    with pytest.raises(NoStoryError, match="there is no order line that was not cancelled"):
        planned(file(*lines), BERLIN)


def test_a_pipe_is_refused_since_it_can_be_read_only_once(tmp_path):
    os.mkfifo(tmp_path / "orders")
    with pytest.raises(NoStoryError, match="is a pipe"):
        planned(tmp_path / "orders", BERLIN)


def test_a_file_of_something_else_is_refused_before_anything_starts(tmp_path):
    (tmp_path / "other").write_text("a,b\n")
    with pytest.raises(FileRefusedError, match="unknown columns"):
        planned(tmp_path / "other", BERLIN)


def test_a_single_seller_is_in_the_programme(file):
    casting = Casting(planned(file(bought(5)), BERLIN))
    assert casting.enrolled == ["s-1"]
    assert [part.scene.title for part in casting.cast(SCENES) if part.line] == ["rejected, escalated, granted"]


def test_each_line_is_cast_once(file):
    lines = [bought(3 + n % 3, line_id=f"l-{n}") for n in range(6)]
    cast = [part.line.line_id for part in Casting(planned(file(*lines), BERLIN)).cast(SCENES) if part.line]
    assert len(cast) == len(set(cast)) == 6


def test_the_market_is_the_same_each_time(tmp_path):
    for name in ("first", "second"):
        write_orders(tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_photos_are_real_pictures_and_differ(tmp_path):
    assert media_type_of(photo("a vase")) is MediaType.PNG
    assert photo("a vase") != photo("a mug")


# Its folder


@pytest.fixture
def settings(tmp_path):
    return Settings(data_folder=tmp_path, database_url="postgresql://not/used")


def test_what_an_earlier_demo_left_is_removed(settings):
    with demo_settings(settings) as own:
        (own.evidence_folder / "ab").mkdir(parents=True)
    with demo_settings(settings) as own:
        assert own.data_folder == settings.data_folder / "demo"
        assert not own.evidence_folder.exists()


def test_a_folder_that_is_not_its_own_is_left_alone(settings):
    foreign = settings.data_folder / "demo" / "evidence" / "mine"
    foreign.mkdir(parents=True)
    with pytest.raises(StartError, match="is not the demo's own"), demo_settings(settings):
        pass
    assert foreign.exists()


def test_two_demos_do_not_share_a_folder(settings):
    with demo_settings(settings) as own, (own.data_folder / "demo.lock").open("w") as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(StartError, match="another demo runs"), demo_settings(settings):
            pass
