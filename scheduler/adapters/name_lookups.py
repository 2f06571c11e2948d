"""Names looked up within a time: a resolver that hangs holds up nobody but those who ask for the same name."""

from __future__ import annotations

import socket
from concurrent.futures import Future
from threading import Lock, Thread

from scheduler.ports.trouble import NoAnswer


class NameLookups:
    """For any thread. The system's own look-up cannot be called off, so each has a thread that is left behind.

    Whoever asks for a name while it is being looked up waits for the same answer: never more threads than names.
    """

    def __init__(self) -> None:
        self._mutex = Lock()
        self._under_way: dict[tuple[str, int], Future[list[str]]] = {}

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """All addresses the name has, each once. Raises NoAnswer for a name without one, or without one in time."""
        try:
            return self._asked(host, port).result(seconds)
        except TimeoutError as error:
            raise NoAnswer(f"{host} could not be looked up in time") from error
        except (OSError, UnicodeError) as error:
            raise NoAnswer(f"{host} has no address") from error

    def _asked(self, host: str, port: int) -> Future[list[str]]:
        with self._mutex:
            answer = self._under_way.get((host, port))
            if answer is None:
                answer = Future()
                Thread(target=self._look_up, args=(host, port, answer), name=f"looks up {host}", daemon=True).start()
                self._under_way[host, port] = answer  # only now: a thread that cannot be started would never answer
            return answer

    def _look_up(self, host: str, port: int, answer: Future[list[str]]) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)
        else:
            answer.set_result(list(dict.fromkeys(str(place[4][0]).partition("%")[0] for place in found)))
        finally:
            with self._mutex:
                del self._under_way[host, port]
