"""Copies of the server with all that it remembers, for tests that start many times from one prepared account."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

#: Answers a POST with the port of a copy, as JSON.
COPY = "/k8saws-testbed/copy"

#: Ends a copy when it gets a POST; the server itself refuses.
END = "/k8saws-testbed/end"


class Copies:
    """WSGI middleware: forks the process on request.

    The copy has the state of the moment and a port of its own; neither sees what the other does from then on. A copy ends with the
    server that it came from. Takes a few milliseconds, whatever the account holds.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], lock: Any, serve: Callable[[socket.socket], None]) -> None:
        self._app = app
        self._lock = lock
        self._serve = serve
        self._lifelines: list[int] = []
        self._is_copy = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == COPY:
            return self._answer(start_response, "200 OK", {"port": self._copy()})
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == END:
            if self._is_copy:
                os._exit(0)
            return self._answer(start_response, "409 CONFLICT", {"message": "this is no copy"})
        return self._app(environ, start_response)

    @staticmethod
    def _answer(start_response: Any, status: str, body: dict[str, Any]) -> Iterable[bytes]:
        text = json.dumps(body).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        return [text]

    def _copy(self) -> int:
        """Forks. Nothing else is inside moto while the lock is held, so the copy's state is whole."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        port = int(listening.getsockname()[1])
        watched, lifeline = os.pipe()
        with self._lock:
            gc.freeze()
            if os.fork() == 0:
                self._lock.release()
                self._become_copy(listening, watched, lifeline)
        os.close(watched)
        listening.close()
        self._lifelines.append(lifeline)
        return port

    def _become_copy(self, listening: socket.socket, watched: int, lifeline: int) -> None:
        try:
            self._is_copy = True
            self._let_go(keep={watched, listening.fileno()})
            self._lifelines = []
            threading.Thread(target=self._leave_with_server, args=(watched,), daemon=True).start()
            self._serve(listening)
        finally:
            os._exit(1)

    @staticmethod
    def _let_go(keep: set[int]) -> None:
        """Gives up what is open in the server: its connections, and the other copies' lifelines. Their numbers stay taken, because
        objects of threads that are not here still hold them."""
        nothing = os.open(os.devnull, os.O_RDWR)
        for name in os.listdir("/proc/self/fd"):
            number = int(name)
            if number > 2 and number != nothing and number not in keep:
                try:
                    os.fstat(number)
                    os.dup2(nothing, number)
                except OSError:
                    pass  # the folder's own number

    @staticmethod
    def _leave_with_server(watched: int) -> None:
        while os.read(watched, 1):
            pass
        os._exit(0)


def forget_ended_copies() -> None:
    """Lets the kernel bury copies that have ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
