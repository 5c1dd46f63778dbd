"""A file server on this computer, with the faults that real ones have; real HTTP, for tests."""

from __future__ import annotations

import hashlib
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Resource:
    """A file, and how it is served.

    Attributes:
        content: its bytes.
        ranges: whether parts of it can be had.
        tagged: whether the server names its version, by an ETag.
        cuts: after how many bytes of the next answers the connection breaks, one each.
        claimed: the length that is stated instead of the true one.
        stated: whether any length is stated.
        redirect: address that is answered instead.
        status: code that is answered instead.
        stall_after: bytes after which the server falls silent until `released` is set.
    """

    content: bytes = b""
    ranges: bool = True
    tagged: bool = True
    cuts: list[int] = field(default_factory=list)
    claimed: int | None = None
    stated: bool = True
    redirect: str = ""
    status: int = 0
    stall_after: int | None = None
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def tag(self) -> str:
        """The name of this version of the file."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:12]}"'


class Loopback:
    """The server: what it has, and what it was asked."""

    def __init__(self, certificate: Path | None = None, key: Path | None = None) -> None:
        """Prepare a server, of HTTPS where there is a certificate."""
        self.resources: dict[str, Resource] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.handle_error = lambda *_: None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.server_address[1]

    def url(self, name: str) -> str:
        """Return the address of a file."""
        return f"http://127.0.0.1:{self.port}/{name}"

    def serve(self, name: str, content: bytes = b"", **faults) -> Resource:
        """Offer a file, and return it to be changed."""
        self.resources[name] = Resource(content, **faults)
        return self.resources[name]

    def asked(self, name: str) -> list[dict[str, str]]:
        """Return the headers of the requests for a file."""
        return [headers for path, headers in self.requests if path == name]

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; who waits for a silent server is let go."""
        for resource in self.resources.values():
            resource.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                loopback.answer(self)

            def log_message(self, *_: object) -> None:
                """Keep quiet: tests look at `requests`."""

        return Handler

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        # A proxy is asked for whole addresses.
        name = handler.path.rpartition(f":{self.port}/")[2].lstrip("/")
        self.requests.append((name, dict(handler.headers)))
        resource = self.resources.get(name)
        if resource is None or resource.status:
            handler.send_error(resource.status if resource else 404)
        elif resource.redirect:
            handler.send_response(302)
            handler.send_header("Location", resource.redirect)
            handler.end_headers()
        else:
            _send(handler, resource)


def _send(handler: BaseHTTPRequestHandler, resource: Resource) -> None:
    start = _start(handler, resource)
    total = len(resource.content)
    if start >= total > 0:
        handler.send_error(416)
        return
    part = resource.content[start:]
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
    if resource.stated:
        length = len(part) if resource.claimed is None else resource.claimed
        handler.send_header("Content-Length", str(length))
    if resource.tagged:
        handler.send_header("ETag", resource.tag)
    handler.end_headers()
    if resource.stall_after is not None and len(part) > resource.stall_after:
        handler.wfile.write(part[: resource.stall_after])
        resource.released.wait(30)
        return
    handler.wfile.write(part[: resource.cuts.pop(0)] if resource.cuts else part)


def _start(handler: BaseHTTPRequestHandler, resource: Resource) -> int:
    wanted = handler.headers.get("Range", "")
    same = handler.headers.get("If-Range", resource.tag) == resource.tag
    if not (resource.ranges and wanted.startswith("bytes=") and same):
        return 0
    return int(wanted.removeprefix("bytes=").rstrip("-"))


@contextmanager
def serving(certificate: Path | None = None, key: Path | None = None) -> Iterator[Loopback]:
    """Run a server for a while, of HTTPS where there is a certificate."""
    loopback = Loopback(certificate, key)
    loopback.start()
    try:
        yield loopback
    finally:
        loopback.stop()
