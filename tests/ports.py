"""Ports of this machine for servers whose port has to be known before they start."""

import socket
from random import SystemRandom

HOST = "127.0.0.1"
NOBODY_IS_GIVEN = range(20_000, 32_000)
"""Below those that connections and servers are given unasked, which one let go of may belong to already."""


def free_port():
    """A port on which nobody listens, and which nobody takes by accident.

    It is this program's until it ends, also while nobody listens there: it keeps UDP's port of the same number.
    """
    for port in SystemRandom().sample(NOBODY_IS_GIVEN, k=100):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as claim:
            try:
                claim.bind((HOST, port))
                socket.create_server((HOST, port)).close()
            except OSError:
                continue
            claim.detach()
            return port
    raise AssertionError("no port is free")
