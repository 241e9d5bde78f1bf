"""The server: moto's own WSGI application with the mends, behind HTTP settings that suit many parallel clients."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import threading
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from k8saws_moto import mends
from k8saws_moto.copies import Copies, forget_ended_copies
from k8saws_moto.one_at_a_time import OneAtATime

#: The services, by the name that signs their requests, that are loaded before the port opens: no first call is slow.
PRELOADED = (
    "autoscaling",
    "ec2",
    "elasticloadbalancing",
    "events",
    "iam",
    "kms",
    "route53",
    "s3",
    "sqs",
    "ssm",
    "sts",
)


class RequestHandler(MotoRequestHandler):
    """HTTP/1.1 with keep-alive. An answer leaves in one packet and at once: sent as two small packets, the second would
    wait 40 ms for the client's delayed acknowledgement of the first."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    log_requests = False

    def run_wsgi(self) -> None:
        """Answers `Expect: 100-continue` at once; written to the buffer only, the client would wait a second for it."""
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            del self.headers["Expect"]
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        super().run_wsgi()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Logs a request only if the server was started with --log."""
        if self.log_requests:
            super().log_request(code, size)


def preload(app: DomainDispatcherApplication) -> None:
    """Imports the services and builds their routes."""
    from moto.core.utils import get_service_model

    for service in PRELOADED:
        backend = app.get_backend_for_host(f"{service}.us-east-1.amazonaws.com")
        app.app_instances[backend] = create_backend_app(backend)
    for service in ("autoscaling", "ec2", "elbv2", "events", "iam", "route53", "s3", "sqs", "sts"):
        get_service_model(service)


def leave_with_parent() -> None:
    """Ends this process as soon as standard input closes, which it does when the program that started it is gone."""

    def wait_for_end() -> None:
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait_for_end, daemon=True, name="leave-with-parent").start()


def create_server(host: str, port: int) -> BaseWSGIServer:
    """The server, listening; port 0 takes a free one."""
    os.environ.setdefault("MOTO_PORT", str(port))
    mends.apply()
    app = DomainDispatcherApplication(create_backend_app)
    preload(app)
    one_at_a_time = OneAtATime(app)

    def serve_copy(listening: socket.socket) -> None:
        own_port = listening.getsockname()[1]
        os.environ["MOTO_PORT"] = str(own_port)
        make_server(
            host, own_port, copies, threaded=True, request_handler=RequestHandler, fd=listening.fileno()
        ).serve_forever()

    forget_ended_copies()
    copies = Copies(one_at_a_time, one_at_a_time.lock, serve_copy)
    return make_server(host, port, copies, threaded=True, request_handler=RequestHandler)


def main() -> None:
    """Runs the server until it gets SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="moto-server", description=__doc__)
    parser.add_argument("-H", "--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("-p", "--port", type=int, default=5000, help="the port; 0 takes a free one and prints it")
    parser.add_argument("--log", action="store_true", help="log every request")
    parser.add_argument("--leave-with-parent", action="store_true", help="end when standard input closes")
    arguments = parser.parse_args()
    RequestHandler.log_requests = arguments.log
    if arguments.leave_with_parent:
        leave_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server = create_server(arguments.host, arguments.port)
    print(f"listening on http://{arguments.host}:{server.port}", flush=True)
    server.serve_forever()


def stop(number: int, frame: Any) -> None:
    """Leaves at once, without waiting for open connections; there is nothing to save."""
    os._exit(0)


if __name__ == "__main__":
    main()
