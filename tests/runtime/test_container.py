"""The composition root: what it opens works together, what it refuses to open it names, and it closes all of it."""

import json
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from runtime.clock import SandboxClock, system_clock
from runtime.container import evidence_files, open_house, services
from runtime.database import StartError
from runtime.settings import read_settings
from store.application import Errand
from store.evidence_bucket import EvidenceBucket
from store.evidence_files import EvidenceFolder
from store.tables import APP_ROLE
from tests.runtime.waiting import wait_until
from tests.scheduler.serving import serving
from tests.service import MARKETPLACE, order_line


def record_something(house):
    house.door.order_lines.record([order_line()], Errand(actor=MARKETPLACE, command_id=uuid4()))


def sessions(administration, database_url):
    name = database_url.rsplit("/", 1)[-1].partition("?")[0]
    (found,) = administration.execute("select count(*) from pg_stat_activity where datname = %s", [name]).fetchone()
    return found


def test_what_is_opened_works_together(settings):
    with open_house(settings) as house:
        record_something(house)
        assert house.door.order_lines.find("o-1-1").facts == order_line()
        assert services(house).sandbox_clock is house.sandbox_clock


def test_it_works_as_the_services_role_which_cannot_change_the_log(settings):
    with open_house(settings) as house, house.engine.connect() as connection:
        assert connection.execute(sa.text("select current_user")).scalar_one() == APP_ROLE


def test_everything_is_closed_again(settings, administration, database_url):
    before = set(threading.enumerate())
    with open_house(settings) as house:
        record_something(house)
        assert sessions(administration, database_url) > 0
    assert set(threading.enumerate()) <= before
    assert wait_until(lambda: sessions(administration, database_url) == 0)


def test_a_failure_within_closes_everything_too(settings, administration, database_url):
    with pytest.raises(ZeroDivisionError), open_house(settings):
        1 / 0  # noqa: B018 -- anything that fails
    assert wait_until(lambda: sessions(administration, database_url) == 0)


def test_a_fresh_database_of_a_sandbox_is_brought_to_shape(installation, bare_url):
    installation.setenv("DATABASE_URL", bare_url)
    with open_house(read_settings()) as house:
        record_something(house)


# Production


def test_production_tells_the_worlds_time(production):
    with open_house(read_settings()) as house:
        before, told, after = system_clock(), house.clock(), system_clock()
        assert (before <= told <= after, house.sandbox_clock) == (True, None)


def test_production_refuses_a_database_whose_time_was_moved(production, engine):
    with SandboxClock(engine) as clock:
        clock.advance(timedelta(hours=1))
    with pytest.raises(StartError, match="is a sandbox's whose clock was moved"), open_house(read_settings()):
        pass


def test_production_does_not_migrate_by_itself(production, installation, bare_url):
    installation.setenv("DATABASE_URL", bare_url)
    with pytest.raises(StartError, match="run `directservice migrate` first"), open_house(read_settings()):
        pass


@pytest.mark.parametrize(
    "keys",
    ["no JSON", "[]", '{"keys": 1}', json.dumps({"keys": [OctKey.generate_key().as_dict(private=True)]})],
    ids=["no JSON", "no object", "no list of keys", "a shared secret"],
)
def test_keys_of_an_issuer_that_are_none_are_refused(production, tmp_path, keys):
    (tmp_path / "keys.json").write_text(keys)
    with open_house(read_settings()) as house, pytest.raises(StartError, match=r"keys.json cannot be used: "):
        services(house)


def test_keys_of_an_issuer_are_believed(production, tmp_path):
    key = ECKey.generate_key("P-256")
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    with open_house(read_settings()) as house:
        services(house)


def test_keys_that_an_issuer_publishes_are_believed(production, installation):
    key = ECKey.generate_key("P-256", auto_kid=True)
    jwks = {"keys": [key.as_dict(private=False)]}
    claims = {"iss": "https://issuer.test", "aud": "directservice", "sub": "agent-1", "role": "support"}
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, {**claims, "exp": 4_102_444_800}, key, ["ES256"])
    with serving(lambda asked: (200, jwks) if asked.path == "/keys" else (404, {})) as address:
        installation.delenv("DIRECTSERVICE_ISSUER_KEYS")
        installation.setenv("DIRECTSERVICE_ISSUER_KEYS_URL", f"{address}/keys")
        with open_house(read_settings()) as house:
            tokens = services(house).tokens
            tokens.keys.renew()
            assert str(tokens.actor(f"Bearer {token}")) == "support:agent-1"


@pytest.mark.parametrize(("status", "content"), [(404, {"error": "none"}), (503, {}), (200, [1]), (200, b"<html>")])
def test_an_address_where_no_keys_are_is_no_reason_to_end(production, installation, status, content, caplog):
    with serving(lambda _: (status, content)) as address:
        installation.delenv("DIRECTSERVICE_ISSUER_KEYS")
        installation.setenv("DIRECTSERVICE_ISSUER_KEYS_URL", f"{address}/keys")
        with open_house(read_settings()) as house:
            services(house).tokens.keys.renew()
    assert "the token issuer's keys cannot be read" in caplog.text


# Where photos lie


def test_photos_lie_in_the_folder_unless_a_bucket_is_named(installation):
    assert isinstance(evidence_files(read_settings()), EvidenceFolder)
    installation.setenv("DIRECTSERVICE_EVIDENCE_BUCKET", "photos")
    assert isinstance(evidence_files(read_settings()), EvidenceBucket)
