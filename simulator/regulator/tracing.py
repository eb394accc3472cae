"""W3C trace context: a platform's trace goes on through the journal into answers and notices.

The regulator's part of a trace is the entry in the journal that the request made: the parent id
that goes out is the beginning of the entry's content digest, so that a trace leads to its evidence,
in every copy of the journal. What is decided later, by a timer, the policy or a tester, goes on in
the trace of the request that asked for it. As the specification demands, a context that cannot be
read is ignored and a new trace begins.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.journal.entry import Entry
from simulator.journal.events import Event
from simulator.journal.events.notice import NoticeAcknowledged, NoticeIssued
from simulator.journal.records import Decided, Exchange
from simulator.regulator.state import RegulatorState

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_MEMBER = re.compile(
    r"[a-z0-9][a-z0-9_\-*/]{0,255}(@[a-z][a-z0-9_\-*/]{0,13})?"
    r"=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
)
_MEMBERS_MAX = 32
_STATE_CHARACTERS_MAX = 512
_RECORDED = "01"


@dataclass(frozen=True, slots=True)
class Trace:
    """What is sent on: the trace, its parent, and what other systems wrote beside it."""

    parent: str
    state: str = ""

    def headers(self) -> dict[str, str]:
        return {"traceparent": self.parent} | ({"tracestate": self.state} if self.state else {})

    def gone_on(self, entry: Entry) -> "Trace":
        """The same trace, with another entry as the parent of what follows."""
        version, trace, _, flags = self.parent.split("-")
        return Trace(f"{version}-{trace}-{entry.content_digest[:16]}-{flags}", self.state)


def trace_of(entry: Entry) -> Trace:
    """The trace that goes on from an entry: its request's, where that had one, or a new one."""
    record = entry.record
    came = record.headers if isinstance(record, Exchange) else {}
    span, fresh = entry.content_digest[:16], entry.content_digest[16:48]
    read = read_parent(came.get("traceparent", ""))
    if read is None:
        return Trace(f"00-{fresh}-{span}-{_RECORDED}")
    trace, flags = read
    return Trace(f"00-{trace}-{span}-{flags}", read_state(came.get("tracestate", "")))


@dataclass(slots=True)
class KnownTraces:
    """What the journal tells of traces."""

    notices: dict[str, Trace] = field(default_factory=dict)
    """Of every notice that is still to be heard: that of the entry which issued it."""
    waiting: dict[str, Trace] = field(default_factory=dict)
    """Of everything that waits for a decision, a word or a time: that of the request by which it
    came to wait."""


class Traces:
    """The traces of one sandbox, which go on through what is decided later."""

    def __init__(self, state: RegulatorState, known: KnownTraces | None = None) -> None:
        self._state = state
        self.known = KnownTraces() if known is None else known

    def fold(self, entry: Entry, events: Sequence[Event]) -> None:
        """Takes in one entry that is folded into the state already, fresh or recovered."""
        record = entry.record
        former = self._former_of(record) if isinstance(record, Decided) else None
        for event in events:
            if isinstance(event, NoticeIssued):
                trace = trace_of(entry) if former is None else former.gone_on(entry)
                self.known.notices[event.id] = trace
            elif isinstance(event, NoticeAcknowledged):
                self.known.notices.pop(event.id, None)
            elif isinstance(id := getattr(event, "id", None), str):
                self._remember(id, entry, former)

    def headers(self, notice: str) -> dict[str, str]:
        """What its deliveries say of the trace; nothing for one that was heard."""
        trace = self.known.notices.get(notice)
        return {} if trace is None else trace.headers()

    def _former_of(self, decided: Decided) -> Trace | None:
        """The trace of the request that this goes back to: it names what was decided, last."""
        subject = decided.command.rpartition(" ")[2]
        former = self.known.waiting.get(subject)
        if former is not None and not _waits(self._state, subject):
            del self.known.waiting[subject]
        return former

    def _remember(self, id: str, entry: Entry, former: Trace | None) -> None:
        """What a request brings to wait keeps its trace, and hands it on to what follows."""
        if not _waits(self._state, id):
            self.known.waiting.pop(id, None)
        elif isinstance(entry.record, Exchange):
            self.known.waiting[id] = trace_of(entry)
        elif former is not None:
            self.known.waiting.setdefault(id, former)


def _waits(state: RegulatorState, id: str) -> bool:
    return (
        id in state.undecided
        or id in state.unanswered
        or id in state.unexplained
        or id in state.pending_orders
        or id in state.consequences
    )


def read_parent(value: str) -> tuple[str, str] | None:
    """Trace id and flags of a `traceparent`; `None` where it is not one."""
    read = _PARENT.fullmatch(value.strip(" \t"))
    if read is None:
        return None
    version, trace, span, flags, more = read.groups()
    if version == "ff" or (version == "00" and more) or not (trace.strip("0") and span.strip("0")):
        return None
    return trace, flags


def read_state(value: str) -> str:
    """The `tracestate` to send on; empty where it is too long or cannot be read."""
    members = [member.strip(" \t") for member in value.split(",")]
    members = [member for member in members if member]
    if len(members) > _MEMBERS_MAX or not all(map(_MEMBER.fullmatch, members)):
        return ""
    joined = ",".join(members)
    return joined if len(joined) <= _STATE_CHARACTERS_MAX else ""
