"""Whatever happens, at whatever level of detail: no secret and nothing personal is logged or printed."""

import json
import re
import subprocess
import sys
from base64 import b64encode
from contextlib import ExitStack
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from typer.testing import CliRunner

from domain.seller.account import SellerProfile
from runtime.cli.app import app
from runtime.clock import system_clock
from runtime.sandbox import local_token
from runtime.settings import Settings, read_settings, variable
from tests.api.asking import CASES
from tests.faults.installation import STOP_SECONDS
from tests.runtime.waiting import wait_until
from tests.service import BUYER, MARKETPLACE, MASTER_KEY, SELLER, Service, order_line
from tests.standby import END_ALL

PASSWORD = "database-password-nobody-may-read"  # noqa: S105 -- the one to look for
WORDS = "my grandmother's ring came scratched"
EMAIL = "ada.lovelace@persons.example"
SECRET_FIELDS = {name for name, field in Settings.model_fields.items() if not field.repr} - {"database_url"}
SECRETS = {name: f"{name}-that-nobody-may-read-0123456789abcdef" for name in SECRET_FIELDS} | {
    "shipping_webhook_secrets": f"whsec_{b64encode(b'webhooks-nobody-may-forge').decode()}",
    "other_master_keys": b64encode(b"an older master key of 32 bytes!").decode(),
    "master_key": b64encode(MASTER_KEY).decode(),
}


@pytest.fixture
def told_everything(installation, database_url):
    """An installation with every secret set, which logs as much as it can."""
    for name, secret in SECRETS.items():
        installation.setenv(variable(name), secret)
    installation.setenv("DATABASE_URL", with_password(database_url))
    installation.setenv("DIRECTSERVICE_LOG_LEVEL", "debug")
    installation.setenv("DIRECTSERVICE_LOG_FORMAT", "json")
    for name in ("PAYMENTS_URL", "SHIPPING_URL"):
        installation.setenv(f"DIRECTSERVICE_{name}", "http://127.0.0.1:1")
    for name in ("EVIDENCE_BUCKET_KEY_ID", "SMTP_USERNAME"):
        installation.setenv(f"DIRECTSERVICE_{name}", "a-name-that-may-be-read")
    installation.setenv("DIRECTSERVICE_SMTP_HOST", "127.0.0.1")
    installation.setenv("DIRECTSERVICE_SMTP_PORT", "1")
    return installation


def with_password(url):
    parts = urlsplit(url)
    user = parts.username or "postgres"
    return parts._replace(netloc=f"{user}:{PASSWORD}@{parts.netloc.rpartition('@')[2]}").geturl()


def found_in(output, *more):
    """Which of what nobody may read stands there."""
    return [word for word in (PASSWORD, WORDS, EMAIL, MASTER_KEY.hex(), *SECRETS.values(), *more) if word in output]


def test_secrets_are_told_apart_from_other_settings():
    assert {"master_key", "token_secret"} <= SECRET_FIELDS
    assert [name for name in Settings.model_fields if "secret" in name and name not in SECRET_FIELDS] == []


# Commands


def run(*arguments):
    result = CliRunner().invoke(app, list(arguments))
    return result.output + result.stderr


@pytest.mark.usefixtures("told_everything", "logging_as_before")
@pytest.mark.parametrize(
    "command", [["migrate"], ["clock", "show"], ["rebuild", "deadlines"], ["token", "--role", "seller", "--id", "s-1"]]
)
def test_commands_keep_them(command):
    assert found_in(run(*command)) == []


@pytest.mark.usefixtures("told_everything", "logging_as_before")
def test_an_import_keeps_what_is_wrong_with_a_persons_data_to_itself(tmp_path):
    file = tmp_path / "orders.ndjson"
    file.write_text(json.dumps({"line_id": "o-1-1", "buyer_id": [EMAIL], "title": WORDS}) + "\n")
    assert found_in(run("import-orders", str(file))) == []


BROKEN = [
    ("DATABASE_URL", f"postgresql://me:{PASSWORD}@127.0.0.1:1/x"),
    ("DATABASE_URL", f"postgresql://me:{PASSWORD}@["),
    ("DATABASE_URL", f"postgresql://me:{PASSWORD}@db:port/x"),
    ("DATABASE_URL", f"postgres://me:{PASSWORD}@127.0.0.1:1/x?nonsense=1"),
    ("DATABASE_URL", f"host=127.0.0.1 port=1 password={PASSWORD} nonsense"),
    ("DATABASE_URL", f"mysql://me:{PASSWORD}@db/x"),
    ("DIRECTSERVICE_MASTER_KEY", SECRETS["master_key"][:-5]),
    ("DIRECTSERVICE_MASTER_KEY", b64encode(bytes(32)).decode()),
    ("DIRECTSERVICE_TOKEN_SECRET", "token_secret-too-short"),
]


@pytest.mark.usefixtures("logging_as_before")
@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_what_is_wrong_with_a_secret_is_said_without_it(told_everything, name, value):
    run("clock", "show")
    told_everything.setenv(name, value)
    output = run("clock", "show")
    assert output.startswith("directservice: ")
    assert found_in(output, value) == []


# Processes


@pytest.fixture
def up(told_everything, tmp_path):
    """A whole installation in one process: its address, and all that it says."""
    log = tmp_path / "log"
    command = [sys.executable, "-m", "runtime.cli", "up", "--port", "0"]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:  # noqa: S603 -- this program
        try:
            assert wait_until(lambda: told_address(log) or process.poll() is not None)
            yield told_address(log), lambda: ended(process, log)
        finally:
            process.kill()


def told_address(log):
    """Where the process answers, once it has said so in a line of its own."""
    found = re.search(r"(?m)^(http://\S+)\n", log.read_text())
    return found and found[1]


def ended(process, log):
    process.terminate()
    process.wait(STOP_SECONDS)
    return log.read_text()


class Asking:
    """One party's HTTP client, and all tokens that were ever sent."""

    tokens: ClassVar[set[str]] = set()

    def __init__(self, address, actor):
        token = local_token(read_settings(), actor, timedelta(hours=1))
        self.tokens.update(token.split(".")[1:])
        self.client = httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def post(self, path, content):
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        return self.client.post(
            path, content=content if isinstance(content, str) else json.dumps(content), headers=headers
        )


@pytest.fixture
def asking():
    with ExitStack() as opened:

        def asking(address, actor):
            party = Asking(address, actor)
            opened.enter_context(party.client)
            return party

        yield asking


@pytest.fixture
def sold(engine, tmp_path):
    """A line bought and delivered lately, of a seller whose address is known."""
    service = Service(engine, tmp_path / "evidence")
    service.now = now = system_clock()
    service.door.accounts.record_profile(
        SELLER.id, SellerProfile(enrolled=True, email=EMAIL), service.errand(MARKETPLACE)
    )
    days = {"purchased_at": 4, "shipped_at": 3, "delivered_at": 1}
    service.sold(order_line(**{name: now - timedelta(days=ago) for name, ago in days.items()}))


def test_processes_keep_them_through_everything_that_goes_wrong(sold, up, asking, owner, database_url, administration):
    address, all_said = up
    buyer, seller = asking(address, BUYER), asking(address, SELLER)
    request = {"line_id": "o-1-1", "reason": "item_missing", "description": WORDS}
    case = buyer.post(CASES, request).headers["Location"]
    for wrong in (
        {**request, "reason": WORDS},
        {**request, WORDS: EMAIL},
        {**request, "description": [WORDS]},
        f"[{WORDS}",
    ):
        assert buyer.post(CASES, wrong).status_code in {400, 422}
    stranger = {"Authorization": f"Bearer {WORDS}"}
    assert httpx2.get(address + case, headers=stranger, timeout=60).status_code == 401
    assert seller.post(f"{case}/approve-without-return", {}).status_code == 200
    with owner.begin() as connection:
        connection.exec_driver_sql("drop table views.seller_order cascade")
    assert seller.client.get("/v1/seller-hub/orders", params={"search": EMAIL}).status_code == 500
    assert wait_until(lambda: put_off(owner))
    name = urlsplit(database_url).path[1:]
    administration.execute(END_ALL, (name,))
    assert wait_until(lambda: buyer.client.get(case).status_code == 200)
    output = all_said()
    assert found_in(output, *Asking.tokens) == []
    assert found_in(put_off(owner), *Asking.tokens) == []
    assert "Traceback" in output
    assert '"level": "debug"' in output


def put_off(owner):
    """What the courier noted of the refund that could not be sent."""
    with owner.connect() as connection:
        return connection.exec_driver_sql("select failure from views.outbox where failure is not null").scalar() or ""
