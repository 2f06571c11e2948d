"""The set-up: locks that are complete and name no place, and a script that gets from a bare clone to a command."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
INSTALLED_FROM = ("pyproject.toml", *LOCKS)
NOT_OURS = {"__pycache__", "data", "build", "dist", "mutants", "node_modules"}
REGISTRIES = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
INDEX_OPTIONS = [f"--{kind}" for kind in ("index-url", "extra-index-url", "find-links", "default-index")]
PIN = re.compile(
    r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; [^\\]+)? \\(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+$",
    re.MULTILINE,
)
EVERYDAY_TOOLS = ("sh", "cat", "chmod", "cksum", "dirname", "id", "ln", "mkdir", "readlink", "rm", "sed", "sleep")


def pins(lock):
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer((ROOT / lock).read_text())}


def project_files(folder=ROOT):
    for path in folder.iterdir():
        ours = path.name not in NOT_OURS and (not path.name.startswith(".") or path.name == ".ci")
        if path.is_dir() and ours and path.suffix != ".egg-info":
            yield from project_files(path)
        elif path.is_file() and ours:
            yield path


def test_no_file_says_where_packages_come_from():
    named = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in project_files()
        for word in (*REGISTRIES, *INDEX_OPTIONS)
        if word in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert named == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pinned_versions_with_hashes_and_nothing_else(lock):
    text = (ROOT / lock).read_text()
    assert PIN.sub("", text).split() == []
    assert pins(lock) != {}


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("requirements.lock", ["dev"]),
        ("requirements-postgres.lock", ["postgres"]),
        ("requirements-benchmarks.lock", ["bench"]),
    ],
)
def test_the_locks_hold_what_the_project_asks_for(lock, groups):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [one for group in groups for one in project["dependency-groups"][group]]
    if lock == "requirements.lock":
        asked += project["project"]["dependencies"]
    locked = pins(lock)
    missing = [
        line
        for line in asked
        if not (one := Requirement(line)).specifier.contains(locked.get(canonicalize_name(one.name), "0"))
    ]
    assert missing == []


class Clone:
    """A copy of the script and the locks, and a PATH with everyday tools and an installer that only takes notes."""

    def __init__(self, folder):
        self.root, self.bin = folder / "a clone" / "of it", folder / "bin"
        self.root.mkdir(parents=True)
        self.bin.mkdir()
        for name in ("run", *INSTALLED_FROM):
            shutil.copy(ROOT / name, self.root)
        for tool in EVERYDAY_TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.installs("exit 0")

    def installs(self, outcome):
        """Replace the installer: it notes its arguments, makes the interpreter it is asked for, then ``outcome``."""
        uv = self.bin / "uv"
        uv.write_text(
            "#!/bin/sh\n"
            f"echo \"$@\" >>'{self.root}/notes'\n"
            'if [ "$1" = venv ]; then for last; do :; done; mkdir -p "$last/bin"; : >"$last/bin/python"\n'
            'chmod +x "$last/bin/python"; exit 0; fi\n'
            f"{outcome}\n"
        )
        uv.chmod(0o755)

    def run(self, *arguments):
        with self.start(*arguments) as running:
            said = running.communicate()
            return subprocess.CompletedProcess(running.args, running.returncode, *said)

    def start(self, *arguments):
        return subprocess.Popen(  # noqa: S603 -- the project's own script
            [self.root / "run", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PATH": str(self.bin)},
        )

    def change(self, name):
        with (self.root / name).open("a") as file:
            file.write("\n")

    def notes(self):
        """What the installer was asked for since the last look."""
        notes = self.root / "notes"
        taken = notes.read_text().splitlines() if notes.exists() else []
        notes.unlink(missing_ok=True)
        return taken


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def test_alone_it_prints_what_it_can_do_and_sets_nothing_up(clone):
    for arguments in [], ["help"], ["--help"]:
        assert "./run demo" in clone.run(*arguments).stdout
    assert clone.notes() == []


def test_the_first_command_sets_up_from_the_locks_with_their_hashes_and_then_runs(clone):
    done = clone.run("cat", "/dev/null")
    assert (done.returncode, done.stdout) == (0, "")
    environment, locked, postgres, project = clone.notes()
    assert environment.endswith("/a clone/of it/.venv")
    assert locked.endswith("--no-deps --require-hashes -r requirements.lock")
    assert postgres.endswith("--no-deps --require-hashes -r requirements-postgres.lock")
    assert project.endswith("--no-deps --no-build-isolation -e .")


def test_the_second_command_finds_all_set_up(clone):
    clone.run("cat", "/dev/null")
    clone.notes()
    assert clone.run("sh", "-c", "exit 7").returncode == 7
    assert clone.notes() == []


@pytest.mark.parametrize("name", INSTALLED_FROM)
def test_a_changed_lock_or_project_brings_the_environment_up_to_date(clone, name):
    clone.run("cat", "/dev/null")
    clone.notes()
    kept = clone.root / ".venv" / "kept"
    kept.touch()
    clone.change(name)
    clone.run("cat", "/dev/null")
    assert len(clone.notes()) == 4
    assert kept.exists()


def test_a_clone_that_was_moved_is_set_up_anew(clone):
    clone.run("cat", "/dev/null")
    clone.notes()
    clone.root = clone.root.rename(clone.root.with_name("moved"))
    clone.installs("exit 0")
    clone.run("cat", "/dev/null")
    assert len(clone.notes()) == 4


def test_a_set_up_that_failed_or_was_killed_runs_nothing_and_is_done_again_from_nothing(clone):
    clone.run("cat", "/dev/null")
    clone.change(LOCKS[0])
    half_done = clone.root / ".venv" / "half done"
    for outcome in "exit 1", "kill -9 $PPID; exit 1":
        clone.installs(outcome)
        assert clone.run("cat", "/dev/null").returncode != 0
        half_done.touch()
    clone.notes()
    clone.installs("exit 0")
    assert clone.run("cat", "/dev/null").returncode == 0
    assert len(clone.notes()) == 4
    assert not half_done.exists()


def test_of_two_first_commands_at_once_one_sets_up_and_the_other_waits_for_it(clone):
    go_on = clone.root / "go on"
    clone.installs(f"until [ -e '{go_on}' ]; do sleep 0.1; done")
    with clone.start("sh", "-c", "echo done") as one, clone.start("sh", "-c", "echo done") as other:
        told = {run.stderr.readline().split()[0] for run in (one, other)}
        go_on.touch()
        assert [run.communicate()[0] for run in (one, other)] == ["done\n", "done\n"]
    assert told == {"Setting", "Waiting"}
    assert len(clone.notes()) == 4


def test_who_was_killed_while_he_set_up_is_not_waited_for(clone):
    with subprocess.Popen(["true"]) as ended:  # noqa: S607
        pass
    (clone.root / ".venv.lock").symlink_to(str(ended.pid))
    assert clone.run("cat", "/dev/null").returncode == 0
    assert not (clone.root / ".venv.lock").is_symlink()


def test_without_a_wheel_of_postgresql_it_goes_on_and_says_what_to_do(clone):
    clone.installs('case "$*" in *postgres.lock) exit 1 ;; esac')
    done = clone.run("cat", "/dev/null")
    assert done.returncode == 0
    assert "set DATABASE_URL" in done.stderr


def test_without_python_it_says_what_to_install(clone):
    (clone.bin / "uv").unlink()
    done = clone.run("cat", "/dev/null")
    assert done.returncode == 1
    assert "sudo apt-get install python3-venv" in done.stderr


def test_the_commands_own_words_reach_it_unchanged(clone):
    said = clone.run("sh", "-c", 'echo "$1|$2"; pwd', "sh", "a  b", "*").stdout
    assert said == "a  b|*\n/\n"


def test_the_environments_programs_come_first(clone):
    clone.run("cat", "/dev/null")
    tool = clone.root / ".venv" / "bin" / "pytest"
    tool.write_text('#!/bin/sh\necho "$(pwd): $*"\n')
    tool.chmod(0o755)
    assert clone.run("test").stdout == f"{clone.root}: -n auto\n"
    assert clone.run("test", "tests/domain", "-x").stdout == f"{clone.root}: tests/domain -x\n"
