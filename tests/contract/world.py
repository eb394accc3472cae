"""A regulator on a port of its own, served from this process, and a platform that has one of
everything there is to have."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from simulator.journal.events import Event
from simulator.journal.events.certification import CertificationSuspended
from simulator.journal.events.notice import NoticeGivenUp
from simulator.journal.events.registration import CallbackConfirmed
from simulator.regulator.api.certifications import REQUEST as CERTIFICATION
from simulator.regulator.api.contracts import REQUEST as CONTRACT
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.regulator.api.feed import EXAMPLE as FEED_EVENT
from simulator.regulator.api.lineage import ENTRY as LINEAGE
from simulator.regulator.api.transmissions import CLOSING
from simulator.regulator.api.transmissions import REQUEST as ANNOUNCEMENT
from simulator.regulator.lifecycle import policy
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.office import Office
from simulator.serve import Server, Simulator, build, listen
from tests.regulator.added import adding, key_id, private_key
from tests.simulator.parties import PASSCODE, TOKEN, Control, Platform, Served

R = TypeVar("R")
SANDBOX = "sb"
OPENED_AT = datetime(2023, 6, 1, tzinfo=UTC)
NEWCOMERS = "newcomers"
"""A sandbox in which nobody has registered yet: a passcode is good for one registration."""
NEWCOMERS_PASSCODE = "open-sesame"
NOWHERE = "http://127.0.0.1:1/"
RECORDS_MAX = 10_000_000_000
"""The largest quota, so that no number of announcements uses it up."""
EXTENSIBLE_FROM = "2024-06-03T00:00:00Z"
"""The law of this day knows extensions, and the results of a year ago still hold."""
PAYLOAD = "1" * 64
"""Digest of a payload with the lineage of one record; the example's gets that of thousands."""
LATER = datetime(2024, 12, 1, tzinfo=UTC)
OWN = {
    "read_declaration": "dcl-1",
    "amend": "dcl-1",
    "withdraw": "dcl-1",
    "supplement": "dcl-1",
    "ask_reevaluation": "dcl-1",
    "report_change": "dcl-1",
    "ask_extension": "dcl-3",
    "read_authorization": "aut-1",
    "read_transmission": "trm-1",
    "acknowledge": "ntc-1",
    "read_certification": "cer-1",
    "read_contract": "con-1",
    "list_deliveries": "ntc-1",
    "redeliver": "ntc-1",
    "read_alert": "alr-1",
    "explain_alert": "alr-1",
    "read_inspection": "ins-1",
    "answer_sample": "ins-1",
    "read_case": "cas-1",
    "hand_in": "cas-1",
    "reinspect": "cas-1",
    "rule_pack": "r2022",
    "read_key": key_id(private_key(b"k")),
    "retire_key": key_id(private_key(b"r")),
    "revoke_key": key_id(private_key(b"v")),
}
"""What the platform has, by the operation that names it in its path."""


@dataclass
class World:
    """The running simulator, and one platform in it: registered, declared, sending, inspected."""

    simulator: Simulator
    loop: asyncio.AbstractEventLoop
    at: Served
    platform: Platform = field(init=False)
    control: Control = field(init=False)
    numbers: Iterator[int] = field(default_factory=count)
    """For whatever must be sent once only."""
    _sampled: str | None = None
    """The one transmission that samples are drawn from."""

    def __post_init__(self) -> None:
        self.platform, self.control = Platform(self.at), Control(self.at)
        # What the law of 2026 would say in 2023: every way out of the country is open.
        law = {"rule_pack": "r2026", "starts_at": "2023-06-01T00:00:00Z"}
        self.control.post("", {"id": SANDBOX, "passcode": PASSCODE, **law})
        self.platform.register()
        self.wait_for()  # The one that examples name: whatever becomes of it, aut-1 stands.
        self.tell("POST", "/declarations", DECLARATION | {"records": RECORDS_MAX}, key="declare")
        self.declare()
        self.control.post(f"/{SANDBOX}/clock/advance", {"to": EXTENSIBLE_FROM})
        self.announce()
        self.hand_in_contract()
        self.suspended_certification()
        self.tell("POST", "/feed", [FEED_EVENT])
        traced = {"items": [LINEAGE | {"payload": PAYLOAD}]}
        self.tell("POST", "/lineage", traced, key="lineage")
        self.tell("POST", "/feed", [FEED_EVENT | {"id": "trm-1-9", "sequence": 9}])  # An alert.
        self.let_happen(*policy.change_to(Policy(consequences={}), OPENED_AT))  # Late is no case.
        self.sample()
        self.control.post(f"/{SANDBOX}/orders", {"order": "inspect"})
        for of in (b"r", b"v"):
            spare = adding(private_key(of), sandbox=SANDBOX, overlap_s=31 * 86_400)
            self.tell("POST", "/registrations/self/keys", spare, key=f"add-{of!r}")
        self.empty_newcomers()

    def tell(self, method: str, path: str, message: Any, *, key: str | None = None) -> Any:
        """What the regulator answers to a message of the platform, which it must take."""
        answer = self.platform.call(method, path, message, idempotency_key=key)
        assert answer.is_success, answer.text
        return answer.json()

    def declare(self) -> str:
        """The id of a declaration that was accepted at once."""
        key = f"declare-{next(self.numbers)}"
        return str(self.tell("POST", "/declarations", DECLARATION, key=key)["id"])

    def wait_for(self, *decisions: dict[str, Any]) -> str:
        """The id of a declaration that has come so far by these decisions of a tester."""
        self.control.put(f"/{SANDBOX}/policy", {"declarations": "manual"})
        id = self.declare()
        for decision in decisions:
            self.control.post(f"/{SANDBOX}/decisions", {"subject": id, **decision})
        self.control.put(f"/{SANDBOX}/policy", {})
        return id

    def announce(self) -> str:
        """The id of a transmission that is open."""
        key = f"announce-{next(self.numbers)}"
        version = self.version_of(ANNOUNCEMENT["authorization"])
        announced = ANNOUNCEMENT | {"authorization_version": version}
        return str(self.tell("POST", "/transmissions", announced, key=key)["id"])

    def version_of(self, authorization: str) -> int:
        """The current version of an authorization."""
        return self._office().state.authorizations[authorization].granted.version

    def hand_in_contract(self, **changes: Any) -> str:
        """The id of a contract that is filed, or returned where a material is missing."""
        key = f"contract-{next(self.numbers)}"
        return str(self.tell("POST", "/contracts", CONTRACT | changes, key=key)["id"])

    def suspended_certification(self) -> str:
        """The id of a certification that waits to be rectified."""
        key = f"certification-{next(self.numbers)}"
        id = str(self.tell("POST", "/certifications", CERTIFICATION, key=key)["id"])
        now = datetime(2023, 6, 1, tzinfo=UTC)
        self.let_happen(CertificationSuspended(id, "outside its scope", LATER, now))
        return id

    def dead_letter(self) -> str:
        """The id of a notice that was given up, as of a platform with a callback."""
        platform = self._office().state.registrations["reg-1"].registered
        if platform.callback_url is None:
            self.let_happen(replace(platform, callback_url=NOWHERE))
            self.let_happen(CallbackConfirmed(platform.id, platform.at))
            self.control.post(f"/{SANDBOX}/orders", {"order": "inspect"})
        id = list(self._office().state.notices)[-1]
        self.let_happen(NoticeGivenUp(id, 8, "nobody is there", platform.at))
        return id

    def sample(self) -> str:
        """The id of an inspection that asks for the origin of the example's payload."""
        if self._sampled is None:
            self._sampled = self.announce()
            body = CLOSING | {"payloads": [LINEAGE["payload"]]}
            self.tell("POST", f"/transmissions/{self._sampled}/closing", body, key="sampled")
        order = {"order": "sample", "platform": "reg-1", "size": 1}
        told = self.control.post(f"/{SANDBOX}/orders", order)
        return str(told["events"][0]["id"])

    def empty_newcomers(self) -> None:
        """Makes room for one registration."""
        if NEWCOMERS in self.simulator.world.ids():
            self._wait_for(self.simulator.world.delete(NEWCOMERS))
        self.control.post("", {"id": NEWCOMERS, "passcode": NEWCOMERS_PASSCODE})

    def let_happen(self, *events: Event) -> None:
        """What no interface offers, happens all the same."""
        self._wait_for(self._office().decide("tester", "test", events))

    def _office(self) -> Office:
        office = self.simulator.world.office(SANDBOX)
        assert office is not None
        return office

    def _wait_for(self, work: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=120)


@contextmanager
def served(folder: Path) -> Iterator[World]:
    """A world until the end of the block."""
    listener = listen("127.0.0.1", 0)
    announcement = f"reinspect serves http://127.0.0.1:{listener.getsockname()[1]}"
    running: Future[tuple[Simulator, Server, asyncio.AbstractEventLoop]] = Future()

    async def serve() -> None:
        simulator = build(folder, TOKEN)
        server = Server(simulator, announcement)
        running.set_result((simulator, server, asyncio.get_running_loop()))
        await server.serve(sockets=[listener])
        await simulator.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="simulator")
    with listener:
        thread.start()
        simulator, server, loop = running.result(timeout=120)
        at = Served(announcement)
        try:
            yield World(simulator, loop, at)
        finally:
            at.http.close()
            server.should_exit = True
            thread.join()
