"""Whoever opens the log knows every topic, whatever else his process has imported."""

import json
import pkgutil
import subprocess
import sys
from importlib import import_module

import domain
from domain.messages import Event

TELL = "import json, store.codec, domain.messages as it; print(json.dumps(sorted(it.Event.topics)))"


def test_a_process_that_imports_the_codec_alone_can_read_every_event():
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        import_module(module.name)
    of_the_trade = {topic for topic, event in Event.topics.items() if event.__module__.startswith("domain.")}
    told = subprocess.run([sys.executable, "-c", TELL], capture_output=True, check=True, text=True)  # noqa: S603
    assert set(json.loads(told.stdout)) == of_the_trade
