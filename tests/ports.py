"""Ports of this machine for servers whose port has to be known before they start."""

import socket
from random import SystemRandom

HOST = "127.0.0.1"
NOBODY_IS_GIVEN = range(20_000, 32_000)
"""Below those that connections and servers are given unasked, which one let go of may belong to already."""


def free_port():
    """A port on which nobody listens, and which nobody takes by accident."""
    for port in SystemRandom().sample(NOBODY_IS_GIVEN, k=100):
        try:
            socket.create_server((HOST, port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("no port is free")
