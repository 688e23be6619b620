"""A tiny local server for rendered views, with the real headers and static files. No service behind it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from breather.web.pages import STATIC_HEADERS, assets, page_headers

HTML = "text/html; charset=utf-8"


@dataclass
class Site:
    """What the server answers: pages by path (HTML), `/alert/state` as JSON, and everything of `/static`."""

    origin: str = ""
    ancestors: tuple[str, ...] = ()
    pages: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    state: dict[str, str | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        if path.startswith("/static/") and (asset := assets().get(path.removeprefix("/static/"))):
            return 200, {**STATIC_HEADERS, "Content-Type": asset.media_type}, asset.body
        if path == "/alert/state":
            return 200, {"Content-Type": "application/json"}, json.dumps(self.state).encode()
        if path in self.plain:
            return 200, {"Content-Type": HTML}, self.plain[path].encode()
        if path in self.pages:
            return 200, page_headers(self.ancestors), self.pages[path].encode()
        return 404, {"Content-Type": HTML}, b"no such page"


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            site.asked.append(path)
            status, headers, body = site.answer(path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            site.posted.append(f"{self.path} {body}")
            self.send_response(303)
            self.send_header("Location", "/alert")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quiet: a failing test shows what it needs itself."""

    return Handler


@contextmanager
def served() -> Iterator[Site]:
    """A running site on a free port of this machine; stopped and closed at the end."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
