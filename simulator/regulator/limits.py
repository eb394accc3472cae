"""How much a sender may send: every limit of the regulator's interface, in one table.

Each is published at `GET /limits`, and whoever passes one is told the limit and what was seen. They
are far above what a right message needs, and keep one sender from taking the whole machine.
"""

from dataclasses import dataclass

from simulator.regulator.refusal import Refusal, refuse
from simulator.transport import HeadLimits

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: the value itself is still allowed."""

    id: str
    title: str
    value: int
    unit: str
    code: str
    """The problem code of who passes it."""
    pointer: str = ""
    """What the refusal points at; the empty pointer is the whole body."""


BODY = Limit("body", "A body, as sent and decompressed", 32 * MIB, "bytes", "body_too_large")
RATIO = Limit(
    "decompression",
    "A decompressed body beyond its first MiB, by the size as sent",
    100,
    "times",
    "body_too_large",
    "header:content-encoding",
)
DEPTH = Limit("depth", "Objects and arrays within one another", 200, "levels", "json_too_deep")
LINES = Limit("feed_lines", "Events of one body of the feed", 100_000, "lines", "batch_too_large")
RECORDS = Limit("lineage_items", "Records of one lineage message", 10_000, "items", "body_invalid")
_HEAD = HeadLimits()
TARGET = Limit("target", "Path and query", _HEAD.target_bytes_max, "bytes", "target_too_long")
HEADERS = Limit("headers", "Header lines", _HEAD.headers_max, "lines", "headers_too_large")
HEAD = Limit(
    "head", "Request line and headers together", _HEAD.head_bytes_max, "bytes", "headers_too_large"
)
HEAD_S = Limit(
    "head_time", "Until the headers are whole", int(_HEAD.head_s_max), "seconds", "request_too_slow"
)
BODY_S = Limit("body_time", "From the headers to the last byte", 60, "seconds", "request_too_slow")
STREAMS = Limit(
    "streams", "Streams of alerts that one platform holds open", 4, "streams", "streams_too_many"
)
KEPT = Limit(
    "turned_away",
    "Requests of unknown senders, and above the rate, that the journal keeps one by one",
    10_000,
    "requests",
    "",
)

LIMITS = (BODY, RATIO, DEPTH, LINES, RECORDS, TARGET, HEADERS, HEAD, HEAD_S, BODY_S, STREAMS, KEPT)


def passed(limit: Limit, seen: object) -> Refusal:
    """The refusal of who passed the limit."""
    must = f"be at most {limit.value:,} {limit.unit}"
    return refuse(limit.code, limit.pointer, seen, must)
