"""W3C trace context: a platform's trace goes on through the journal into answers and notices.

The regulator's part of a trace is the entry in the journal that the request made: the parent id
that goes out is the beginning of the entry's digest, so that a trace leads to its evidence. As the
specification demands, a context that cannot be read is ignored and a new trace begins.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from simulator.journal.entry import Entry
from simulator.journal.events import Event
from simulator.journal.events.notice import NoticeAcknowledged, NoticeIssued
from simulator.journal.records import Exchange

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


def trace_of(entry: Entry) -> Trace:
    """The trace that goes on from an entry: its request's, where that had one, or a new one."""
    record = entry.record
    came = record.headers if isinstance(record, Exchange) else {}
    span, fresh = entry.digest[:16], entry.digest[16:48]
    read = read_parent(came.get("traceparent", ""))
    if read is None:
        return Trace(f"00-{fresh}-{span}-{_RECORDED}")
    trace, flags = read
    return Trace(f"00-{trace}-{span}-{flags}", read_state(came.get("tracestate", "")))


class Traces:
    """The trace of every notice that is still to be heard: that of the entry which issued it."""

    def __init__(self, known: dict[str, Trace] | None = None) -> None:
        self.known = {} if known is None else known

    def fold(self, entry: Entry, events: Iterable[Event]) -> None:
        """Takes in one entry of the journal, fresh or recovered."""
        for event in events:
            if isinstance(event, NoticeIssued):
                self.known[event.id] = trace_of(entry)
            elif isinstance(event, NoticeAcknowledged):
                self.known.pop(event.id, None)

    def headers(self, notice: str) -> dict[str, str]:
        """What its deliveries say of the trace; nothing for one that was heard."""
        trace = self.known.get(notice)
        return {} if trace is None else trace.headers()


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
