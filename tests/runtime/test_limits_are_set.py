"""Each limit is a setting, and holds where the processes are put together."""

from contextlib import closing, contextmanager

import httpx2
import pytest

from api.entrance.rate_limits import Caller
from runtime.answering import answering
from runtime.container import open_house, rates, services
from runtime.database import looked_at
from runtime.settings import read_settings
from runtime.stopping import StopRequest
from store.allowances import Rate

pytestmark = pytest.mark.usefixtures("installation", "counted_however_long_it_takes")


@contextmanager
def api(**given):
    """Asks the API of a process with these settings."""
    with (
        open_house(read_settings(api_port=0, **given)) as house,
        closing(StopRequest()) as stop,
        answering(house, stop) as address,
        httpx2.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def test_rates_are_set_by_the_minute_and_nothing_is_no_limit():
    settings = read_settings(
        person_rate_per_minute=600, system_rate_per_minute=0, address_rate_per_minute=2, rate_burst_seconds=20
    )
    assert rates(settings) == {
        Caller.PERSON: Rate(per_second=10, burst=200),
        Caller.ADDRESS: Rate(per_second=2 / 60, burst=1),
    }


def test_what_one_request_may_take_is_set():
    with open_house(read_settings(body_timeout_seconds=3, requests_at_once=7, threads=2)) as house:
        limits = services(house).limits
    assert (limits.body_seconds, limits.requests_at_once, limits.threads) == (3, 7, 2)


def shown(name, **given):
    """The setting of the sessions of a house with these settings: long, so that opening it never meets the limit."""
    with open_house(read_settings(**given)) as house, house.engine.connect() as connection:
        return connection.exec_driver_sql(f"show {name}").scalar_one()


def test_a_statement_ends_when_its_time_is_over():
    assert shown("statement_timeout", statement_timeout_seconds=59.5) == "59500ms"


def test_a_lock_is_waited_for_as_long_as_is_set():
    assert shown("lock_timeout", lock_timeout_seconds=59.5) == "59500ms"


def test_a_migration_takes_the_time_it_needs(database_url):
    with looked_at(database_url) as engine, engine.connect() as connection:
        assert connection.exec_driver_sql("show statement_timeout").scalar_one() == "0"


def test_a_request_with_too_large_a_head_is_refused_at_the_door():
    with api(header_limit_bytes=1024) as client:
        assert client.get("/live", headers={"X": "x" * 2000}).status_code == 431


def asked_through_a_proxy(client, address):
    return client.get("/problems", headers={"X-Forwarded-For": address}).status_code


def test_callers_behind_a_trusted_proxy_are_told_apart():
    with api(trusted_proxies="127.0.0.1", address_rate_per_minute=1) as client:
        answers = [asked_through_a_proxy(client, address) for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2")]
    assert answers == [200, 429, 200]


def test_nobody_passes_for_another_address_by_saying_so():
    with api(address_rate_per_minute=1) as client:
        answers = [asked_through_a_proxy(client, address) for address in ("192.0.2.1", "192.0.2.2")]
    assert answers == [200, 429]
