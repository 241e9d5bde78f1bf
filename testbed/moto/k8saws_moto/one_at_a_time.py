"""One API call after the other, as AWS's conditional writes and client tokens ask for."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

#: Services whose calls may wait for something (a long poll), and which must not keep others from working meanwhile.
WAITING = ("/sqs/aws4_request",)


class OneAtATime:
    """WSGI middleware: reads the whole request, then runs the application under a lock.

    moto looks before it acts without a lock, so that of two conditional writes at once both could win. Python runs one
    thread at a time anyway, so nothing is lost by it.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if any(mark in environ.get("HTTP_AUTHORIZATION", "") for mark in WAITING):
            return self._app(environ, start_response)
        self._read_all(environ)
        with self.lock:
            answer = self._app(environ, start_response)
            try:
                return [b"".join(answer)]
            finally:
                close = getattr(answer, "close", None)
                if close:
                    close()

    @staticmethod
    def _read_all(environ: dict[str, Any]) -> None:
        """Takes the body off the connection, so that a slow client does not hold the lock."""
        if environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read()
            environ["CONTENT_LENGTH"] = str(len(body))
        else:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            body = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(body)
