"""A platform's trace goes on; what is no trace is ignored, and a new one begins."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.journal.records import Decided
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.regulator.lifecycle import assessment, case, policy
from simulator.regulator.tracing import read_parent, read_state
from tests.regulator.connected import Connected, connected

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        regulator.register()
        yield regulator


def test_a_trace_goes_on_and_leads_to_the_entry_in_the_journal(regulator: Connected) -> None:
    came = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "rojo=00f067aa0ba902b7,congo=t6"}

    answer = regulator.send(regulator.signed("GET", "/declarations", headers=came))

    entry = list(regulator.store.read("demo"))[-1]
    assert answer.headers["traceparent"] == f"00-{TRACE}-{entry.content_digest[:16]}-01"
    assert answer.headers["tracestate"] == came["tracestate"]
    assert entry.record.headers["traceparent"] == came["traceparent"]  # type: ignore[union-attr]


def test_without_a_trace_a_new_one_begins(regulator: Connected) -> None:
    answers = [regulator.ask("GET", "/declarations") for _ in range(2)]

    traces = [read_parent(answer.headers["traceparent"]) for answer in answers]
    assert None not in traces
    assert traces[0] != traces[1]
    assert "tracestate" not in answers[0].headers


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "gibberish",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01, 00-{TRACE}-{SPAN}-01",
    ],
)
def test_what_is_no_trace_is_ignored(regulator: Connected, wrong: str) -> None:
    headers = {"traceparent": wrong, "tracestate": "congo=t6"}

    answer = regulator.send(regulator.signed("GET", "/declarations", headers=headers))

    assert answer.status_code == 200
    assert TRACE not in answer.headers["traceparent"]
    assert "tracestate" not in answer.headers


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert read_parent(f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like") == (TRACE, "01")


@pytest.mark.parametrize(
    ("came", "goes_on"),
    [
        ("congo=t61rcWkgMzE , ,rojo=00f067aa0ba902b7", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"),
        ("tenant@system=1", "tenant@system=1"),
        ("Congo=1", ""),
        ("congo", ""),
        ("congo=a=b", ""),
        (",".join(f"k{number}=1" for number in range(33)), ""),
        (f"k={'x' * 256},l={'x' * 256}", ""),
    ],
)
def test_a_state_is_sent_on_whole_or_not_at_all(came: str, goes_on: str) -> None:
    assert read_state(came) == goes_on


def inspected(regulator: Connected) -> None:
    """An inspection has opened the case cas-1."""
    opened = case.inspect(regulator.office.state, "reg-1", "a test", regulator.sandbox.clock.now())
    assert isinstance(opened, tuple)
    regulator.runner.run(regulator.office.decide("tester", "inspect", opened))


def test_a_notice_carries_the_trace_of_the_request_that_caused_it(tmp_path: Path) -> None:
    came = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "congo=t6"}
    with connected(tmp_path) as regulator:
        regulator.register(callback_url="http://127.0.0.1:9000/notices")
        regulator.settle()
        inspected(regulator)
        headers = came | {"idempotency-key": "reinspect-1"}
        path = "/cases/cas-1/reinspection"
        asked = regulator.send(regulator.signed("POST", path, headers=headers))
        regulator.settle()
        got = {told["type"]: headers for headers, told in regulator.callback.got}

    assert asked.status_code == 200
    unasked, caused = got["inspection.opened"], got["case.decided"]
    assert caused["traceparent"] == asked.headers["traceparent"]
    assert caused["tracestate"] == "congo=t6"
    assert read_parent(unasked["traceparent"]) is not None
    assert TRACE not in unasked["traceparent"]


def put_off(regulator: Connected, **manners: str) -> None:
    """From now on the regulator takes its time."""
    later = replace(regulator.office.state.policy, after_s=60.0, **manners)  # type: ignore[arg-type]
    now = regulator.sandbox.clock.now()
    regulator.runner.run(regulator.office.decide("tester", "policy", policy.change_to(later, now)))


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("by", ["timer", "tester"])
def test_what_is_decided_later_goes_on_in_the_trace_of_the_request(
    by: str, restarted: bool, tmp_path: Path
) -> None:
    came = {"traceparent": f"00-{TRACE}-{SPAN}-00", "tracestate": "congo=t6"}
    with connected(tmp_path) as regulator:
        regulator.register(callback_url="http://127.0.0.1:9000/notices")
        regulator.settle()
        put_off(regulator, declarations="after")
        body = json.dumps(DECLARATION).encode()
        headers = came | {"idempotency-key": "d-1", "content-type": "application/json"}
        asked = regulator.send(regulator.signed("POST", "/declarations", body, headers))
        regulator.declare()  # In no trace of the platform's, and decided beside the other.
        if restarted:
            regulator.restart()
        office, now = regulator.office, regulator.sandbox.clock.now()
        if by == "tester":
            decided = assessment.decide(office.state, "dcl-1", True, "", now, office.sign)
            assert isinstance(decided, tuple)
            regulator.runner.run(office.decide("tester", "accept dcl-1", decided))
        else:
            regulator.wall.go_on(61)
            regulator.runner.run(office.run_timers())
        notices = list(office.state.notices)
        traces = [office.courier.traces.headers(id) for id in notices]
        regulator.settle()
        got = [
            headers
            for headers, told in regulator.callback.got
            if told["type"] == "declaration.decided" and told["subject"] == "dcl-1"
        ]
        entries = [
            entry
            for entry in regulator.store.read("demo")
            if isinstance(entry.record, Decided) and entry.record.command.endswith(" dcl-1")
        ]

    assert asked.status_code == 201
    assert traces
    assert {one["traceparent"] for one in got} == {
        f"00-{TRACE}-{entries[-1].content_digest[:16]}-00"
    }
    assert {one["tracestate"] for one in got} == {"congo=t6"}
    assert office.courier.traces.known.waiting.keys() <= {"dcl-2"}


def test_the_trace_of_a_notice_outlives_a_restart(tmp_path: Path) -> None:
    with connected(tmp_path) as regulator:
        regulator.register(callback_url="http://127.0.0.1:9000/notices")
        regulator.settle()
        regulator.callback.statuses = [500] * 8
        inspected(regulator)
        before = regulator.office.courier.traces.headers("ntc-1")
        regulator.restart()
        after = regulator.office.courier.traces.headers("ntc-1")

    assert before == after
    assert set(before) == {"traceparent"}
