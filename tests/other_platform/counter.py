"""The counter: merchants hand in orders as forms and ask for their states, persons ask what left,
and the operator hands in the dossier of a case."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.other_platform import dossier
from tests.other_platform.platform import Platform
from tests.other_platform.regulator import Refused
from tests.other_platform.wire import NoAnswer

Told = tuple[int, dict[str, Any]]


class Counter(ThreadingHTTPServer):
    """One thread a merchant's connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], platform: Platform) -> None:
        super().__init__(address, Clerk)
        self.platform = platform


class Clerk(BaseHTTPRequestHandler):
    """Serves one connection."""

    server: Counter
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    """Head and body of an answer go out together."""

    def do_GET(self) -> None:
        self._serve({"/status": self._status, "/up": self._up})

    def do_POST(self) -> None:
        self._serve({"/orders": self._order, "/people": self._people, "/dossier": self._dossier})

    def _serve(self, desks: dict[str, Callable[[str], Told]]) -> None:
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        desk = desks.get(address.path)
        status, told = desk(body or address.query) if desk else (404, {"because": "no such desk"})
        answer = json.dumps(told, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _order(self, body: str) -> Told:
        form = dict(parse_qsl(body))
        if not form.get("order_no"):
            return 400, {"because": "order_no is missing"}
        order = self.server.platform.take(form)
        state = "DECLINED" if order.state == "DECLINED" else "TAKEN"
        return 200, {"order": {"ref": order.ref, "state": state}, "because": order.because}

    def _status(self, query: str) -> Told:
        order = self.server.platform.order(dict(parse_qsl(query)).get("ref", ""))
        found = [] if order is None else [{"state": order.state, "because": order.because}]
        return 200, {"found": found}

    def _people(self, body: str) -> Told:
        return 200, {"abroad": self.server.platform.told_abroad(json.loads(body)["id_number"])}

    def _dossier(self, body: str) -> Told:
        try:
            return 200, dossier.hand_in(self.server.platform.watch, json.loads(body)["case"])
        except (Refused, NoAnswer) as hindrance:
            return 502, {"because": str(hindrance)}

    def _up(self, query: str) -> Told:
        ready = self.server.platform.watch.is_ready
        return (200, {"state": "UP"}) if ready else (503, {"state": "CONNECTING"})

    def log_message(self, format: str, *args: Any) -> None:
        """Addresses may name persons; nothing of them is logged."""
