"""The registered platform that feeds: lawful messages, signed, one step after the other."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

from loadtests.outgoing import Answer, Request
from loadtests.registered import (
    ACKNOWLEDGE,
    ANNOUNCE,
    CLOSE,
    DECLARE,
    FEED,
    LINEAGE,
    NOTICES,
    OPERATIONS,
    TRANSMISSION,
    RegisteredPlatform,
    Standing,
    declaration,
    key_of,
    progress,
    registration,
)
from loadtests.tally import Tally
from simulator.clock import wall_now
from simulator.messages.declaration import DeclarationRequest
from simulator.messages.feed import FeedEvent
from simulator.messages.lineage import LineageRequest
from simulator.messages.registration import RegistrationRequest
from simulator.messages.signature import verify
from simulator.messages.transmission import ClosingRequest, TransmissionRequest

STANDING = Standing("http://regulator.invalid/feed/v1", "key-1", "aut-1", 1)
ANSWERS = {
    ANNOUNCE: Answer(201, b'{"id":"trm-7","status":"accepted"}'),
    FEED: Answer(200, b'{"accepted":3,"refused":[],"alerts":[]}'),
    CLOSE: Answer(200, b'{"id":"trm-7","status":"closed"}'),
    LINEAGE: Answer(201, b'{"recorded":1}'),
    DECLARE: Answer(201, b'{"status":"accepted"}'),
    NOTICES: Answer(200, b'{"items":[{"id":"ntc-1","sequence":4},{"id":"ntc-2","sequence":5}]}'),
    ACKNOWLEDGE: Answer(200, b'{"id":"ntc-1"}', served_s=0.004),
}


class Regulator:
    """Answers each operation as told, and keeps what it was asked."""

    def __init__(self, **other: Answer) -> None:
        self.answers = {**ANSWERS, **other}
        self.asked: list[tuple[str, Request]] = []

    def __call__(self, operation: str, request: Request) -> Answer:
        self.asked.append((operation, request))
        return self.answers[operation]


def ticking() -> Callable[[], float]:
    """A clock that is a second on whenever it is read."""
    moments = iter(range(1000, 2000))
    return lambda: float(next(moments))


def send_one(regulator: Regulator, batch: int = 1, number: int = 5) -> dict[str, Tally]:
    tallies = {name: Tally() for name in OPERATIONS}
    tallies[ANNOUNCE].intended = 1  # The schedule counts what it hands over.
    platform = RegisteredPlatform(STANDING, seed=1, tallies=tallies, clock=ticking(), batch=batch)
    platform.send(regulator, number, 999.0)
    return tallies


def test_a_transmission_is_announced_fed_closed_and_traced() -> None:
    regulator = Regulator()

    tallies = send_one(regulator)

    bodies = {operation: request.body for operation, request in regulator.asked}
    paths = [urlsplit(request.url).path for _, request in regulator.asked]
    assert paths == [
        "/feed/v1/transmissions",
        "/feed/v1/feed",
        "/feed/v1/transmissions/trm-7/closing",
        "/feed/v1/lineage",
    ]
    announced = TransmissionRequest.model_validate_json(bodies[ANNOUNCE])
    fed = [FeedEvent.model_validate_json(line) for line in bodies[FEED].splitlines()]
    closed = ClosingRequest.model_validate_json(bodies[CLOSE])
    assert (announced.authorization, announced.records) == ("aut-1", 1)
    assert [(event.subject, event.sequence) for event in fed] == [
        ("trm-7", 1),
        ("trm-7", 2),
        ("trm-7", 3),
    ]
    assert closed.payloads == (fed[1].data.payload,)
    assert closed.bytes == fed[1].data.bytes == fed[2].data.bytes
    (traced,) = LineageRequest.model_validate_json(bodies[LINEAGE]).items
    assert (traced.payload, traced.transmission) == (fed[1].data.payload, "trm-7")
    assert {name: tally.answered for name, tally in tallies.items() if tally.intended} == {
        ANNOUNCE: 1,
        FEED: 1,
        CLOSE: 1,
        LINEAGE: 1,
        TRANSMISSION: 1,
    }


def test_latency_counts_from_the_intended_moment_and_then_from_the_answer_before() -> None:
    tallies = send_one(Regulator())

    assert {name: tally.latency.max_us for name, tally in tallies.items() if tally.intended} == {
        ANNOUNCE: 1_000_000,  # From 999 to the first reading of the clock, 1000.
        FEED: 1_000_000,
        CLOSE: 1_000_000,
        LINEAGE: 1_000_000,
        TRANSMISSION: 8_000_000,
    }


def test_every_request_is_signed_and_no_nonce_comes_twice() -> None:
    regulator = Regulator()

    send_one(regulator)

    nonces = set()
    for _, request in regulator.asked:
        signed = verify(
            method=request.method,
            path=urlsplit(request.url).path,
            query="",
            headers=request.headers,
            body=request.body,
            key_of={"key-1": key_of(1).public_key()}.get,
            now=wall_now(),
        )
        nonces.add(signed.nonce)
    assert len(nonces) == 4


def test_after_a_step_that_failed_the_later_ones_are_not_tried() -> None:
    refused = Answer(409, b'{"code":"quota_exceeded"}')
    for operation, asked in ((ANNOUNCE, 1), (FEED, 2), (CLOSE, 3), (LINEAGE, 4)):
        regulator = Regulator(**{operation: refused})

        tallies = send_one(regulator)

        assert len(regulator.asked) == asked
        assert tallies[operation].errors == {"status 409 quota_exceeded": 1}
        assert tallies[TRANSMISSION].errors == {f"broken off at {operation}": 1}
        assert {tally.lost for tally in tallies.values()} == {0}


def test_lawful_feed_that_is_refused_or_suspected_is_an_error() -> None:
    line = {"line": 2, "code": "sequence_duplicate", "detail": "…"}
    for answer, error in (
        ({"refused": [line], "alerts": []}, "lines refused as sequence_duplicate"),
        ({"refused": [], "alerts": ["alr-1"]}, "alerts raised"),
    ):
        tallies = send_one(Regulator(feed=Answer(200, json.dumps(answer).encode())))
        assert tallies[FEED].errors == {error: 1}


def test_an_answer_that_cannot_be_read_is_an_error() -> None:
    for operation, status in ((ANNOUNCE, 201), (FEED, 200)):
        for body in (b"", b"[]", b"{}"):
            tallies = send_one(Regulator(**{operation: Answer(status, body)}))
            assert tallies[operation].errors == {"an answer that cannot be read": 1}


def test_an_announcement_that_is_only_received_permits_nothing() -> None:
    tallies = send_one(Regulator(announce=Answer(201, b'{"id":"trm-7","status":"received"}')))

    assert tallies[ANNOUNCE].errors == {"the transmission is received": 1}


def test_the_messages_before_the_load_are_lawful() -> None:
    registered = RegistrationRequest.model_validate_json(registration(1, "open sesame"))
    declared = DeclarationRequest.model_validate_json(declaration())

    assert (registered.passcode, registered.callback_url) == ("open sesame", None)
    assert {field.category for field in declared.fields} == {"M01", "M02", "M03"}


def test_a_large_feed_body_numbers_its_events_without_gaps() -> None:
    lines = progress("trm-3", 100).splitlines()

    events = [FeedEvent.model_validate_json(line) for line in lines]

    assert [event.sequence for event in events] == list(range(1, 101))
    assert len({event.data.payload for event in events}) == 100


def test_a_batch_feeds_closes_and_traces_every_record() -> None:
    regulator = Regulator()

    send_one(regulator, batch=50)

    bodies = {operation: request.body for operation, request in regulator.asked}
    fed = [FeedEvent.model_validate_json(line) for line in bodies[FEED].splitlines()]
    closed = ClosingRequest.model_validate_json(bodies[CLOSE])
    traced = LineageRequest.model_validate_json(bodies[LINEAGE]).items
    assert TransmissionRequest.model_validate_json(bodies[ANNOUNCE]).records == 50
    assert [event.sequence for event in fed] == list(range(1, 53))
    assert (closed.records, fed[-1].data.records) == (50, 50)
    assert closed.payloads == tuple(entry.payload for entry in traced)
    assert len(set(closed.payloads)) == 50


def test_now_and_then_something_is_declared_and_its_notices_are_acknowledged() -> None:
    regulator = Regulator()

    tallies = send_one(regulator, number=10)

    asked = [(operation, urlsplit(request.url).path) for operation, request in regulator.asked]
    assert [operation for operation, _ in asked] == [
        DECLARE,
        NOTICES,
        ACKNOWLEDGE,
        ACKNOWLEDGE,
        ANNOUNCE,
        FEED,
        CLOSE,
        LINEAGE,
    ]
    assert asked[3][1] == "/feed/v1/notices/ntc-2/acknowledgement"
    declared = DeclarationRequest.model_validate_json(regulator.asked[0][1].body)
    assert declared.recipient == "declared-load-10"
    assert tallies[ACKNOWLEDGE].served.max_us == 4_000
    assert tallies[TRANSMISSION].answered == 1


def test_a_declaration_that_is_not_accepted_ends_the_transmission() -> None:
    refused = Answer(201, b'{"status":"refused"}')

    tallies = send_one(Regulator(declare=refused), number=20)

    assert tallies[DECLARE].errors == {"the declaration is refused": 1}
    assert tallies[TRANSMISSION].errors == {"broken off at declare": 1}
