"""Children of this process: each tries one thing, and whatever it breaks goes with it."""

import importlib.abc
import importlib.util
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMORY_BYTES = 4 << 30
"""A mutant that fills a list for ever shall not fill the machine."""


def in_a_fork(work: Callable[[], Any]) -> Any | None:
    """What ``work`` returned in a child process, as JSON allows; None if the child died, as of a time limit."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _alone(work, writing)
    os.close(writing)
    with os.fdopen(reading) as told:
        answer = told.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else None


def _alone(work, writing):
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        with os.fdopen(writing, "w") as telling:
            telling.write(json.dumps(work()))
    finally:
        os._exit(0)


def allow(seconds: float) -> None:
    """End this process once it has used so many more seconds of processor time."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)


class Instead(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports modules from other code than their source's."""

    def __init__(self, codes):
        self.codes = codes

    def find_spec(self, name, path, target=None):
        place = next((path for path in self.codes if module_name(path) == name), None)
        return place and importlib.util.spec_from_file_location(name, Path(place).resolve(), loader=self)

    def get_code(self, fullname):
        return next(code for path, code in self.codes.items() if module_name(path) == fullname)

    def get_source(self, fullname):
        return None

    def is_package(self, fullname):
        return any(module_name(path) == fullname and path.endswith("__init__.py") for path in self.codes)


def import_instead(codes):
    """From now on import these modules, by their paths, from these codes."""
    sys.meta_path.insert(0, Instead(codes))


def module_name(path):
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
