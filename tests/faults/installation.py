"""An installation of real processes, one of each, on a server of its own; any of them can be killed."""

import base64
import os
import signal
import subprocess
import sys
from datetime import timedelta
from threading import Event

import httpx2

from api.callers.auth import Trust
from api.callers.tokens import issue
from runtime.clock import system_clock
from tests.ports import free_port
from tests.service import MASTER_KEY

SECRET = "a secret that is long enough to sign with"  # noqa: S105 -- the tests' own
PARTS = ("serve", "project", "schedule", "deliver")
STOP_SECONDS = 100
"""More than a process gives itself to end in good order, on whatever machine."""


class Installation:
    """Its processes, each started again when it was killed."""

    def __init__(self, url, folder, parts=PARTS):
        self.port = free_port()
        self._environment = {
            **os.environ,  # noqa: TID251 -- a program's own environment
            "DATABASE_URL": url,
            "DIRECTSERVICE_DATA_FOLDER": str(folder),
            "DIRECTSERVICE_API_PORT": str(self.port),
            "DIRECTSERVICE_TOKEN_SECRET": SECRET,
            "DIRECTSERVICE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
            "DIRECTSERVICE_LOG_LEVEL": "error",
        }
        self._pause = Event()
        self.processes = {part: self._start(part) for part in parts}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes.values():
            process.kill()
            process.wait()

    def kill(self, part):
        """With whatever it has under way; another one takes its place."""
        self.processes[part].kill()
        self.processes[part].wait()
        self.processes[part] = self._start(part)

    def stop(self):
        """Tell all to end; their exit codes, each within the limit."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        return {part: process.wait(STOP_SECONDS) for part, process in self.processes.items()}

    def client(self, actor):
        headers = {"Authorization": f"Bearer {self.token(actor)}"}
        return httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=60)

    def token(self, actor):
        trust = Trust(issuer="sandbox", audience="directservice")
        return issue(actor, SECRET, trust, now=system_clock(), lifetime=timedelta(hours=1))

    def answers(self):
        """Return once the API does."""
        with httpx2.Client(base_url=f"http://127.0.0.1:{self.port}") as client:
            for _ in range(6000):
                try:
                    return client.get("/live")
                except httpx2.TransportError:
                    self._pause.wait(0.02)
        raise AssertionError("the API does not answer")

    def _start(self, part):
        return subprocess.Popen([sys.executable, "-m", "runtime.cli", part], env=self._environment)  # noqa: S603 -- ours
