"""The container files are well-formed, and ask for no privilege and hold no secret."""

import re
import subprocess
import sys
from pathlib import Path
from platform import machine
from shutil import which

import pytest
import yaml

from runtime.processes import PROCESSES
from runtime.settings import Settings, variable
from runtime.stopping import STOP_LIMIT_SECONDS

ROOT = Path(__file__).parents[2]
CONTAINERFILE = ROOT / "Containerfile"
COMPOSE = ROOT / "compose.yaml"
OURS = {"migrate", *PROCESSES} - {"up"}
"""Every process is a service by itself."""


def tool(name):
    """The program, from this environment or the machine."""
    return which(name, path=str(Path(sys.executable).parent)) or which(name) or pytest.fail(f"{name} is not installed")


def lint(*command):
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- linters
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.skipif((sys.platform, machine()) != ("linux", "x86_64"), reason="hadolint's wheel fits Linux on x86-64")
def test_the_containerfile_is_linted():
    lint(tool("hadolint"), CONTAINERFILE)


def test_the_compose_file_is_of_the_specifications_shape():
    lint(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", COMPOSE)


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]


def test_each_process_is_a_service_behind_the_migration(services):
    assert services.keys() - {"postgres"} == OURS
    assert {name: services[name]["command"] for name in OURS} == {name: [name] for name in OURS}
    waits = {name: services[name]["depends_on"] for name in OURS - {"migrate"}}
    assert all(wait == {"migrate": {"condition": "service_completed_successfully"}} for wait in waits.values())


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_has_no_privilege_and_writes_to_its_data_alone(services, name):
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["data:/data"]
    assert not service.keys() & {"privileged", "cap_add", "network_mode", "pid", "devices", "user"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_is_not_killed_while_it_may_still_end_in_good_order(services, name):
    assert float(services[name]["stop_grace_period"].removesuffix("s")) > STOP_LIMIT_SECONDS


def test_nothing_is_published_beyond_this_machine(services):
    published = [port for service in services.values() for port in service.get("ports", ())]
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_every_setting_in_them_exists():
    named = re.findall(r"\bDIRECTSERVICE_\w+", CONTAINERFILE.read_text() + COMPOSE.read_text())
    assert set(named) - set(map(variable, Settings.model_fields)) == set()


SECRETS = {variable(name) for name, field in Settings.model_fields.items() if not field.repr}


def test_secrets_come_from_outside(services):
    given = [
        value
        for service in services.values()
        for name, value in service["environment"].items()
        if name in SECRETS | {"DATABASE_URL", "POSTGRES_PASSWORD"}
    ]
    assert given
    assert [value for value in given if not re.search(r"\$\{\w+:\?[^}]+\}", value)] == []
    assert [name for name in SECRETS if name in CONTAINERFILE.read_text()] == []


def test_the_image_is_not_run_by_root():
    users = re.findall(r"^USER (.+)$", CONTAINERFILE.read_text(), re.MULTILINE)
    assert users
    assert users[-1] not in {"root", "0"}


def test_the_image_holds_what_is_named_alone():
    ignored = (ROOT / ".containerignore").read_text()
    assert ignored == (ROOT / ".dockerignore").read_text()
    assert "\n*\n" in ignored
