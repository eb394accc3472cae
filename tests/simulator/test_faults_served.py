"""Every fault over real HTTP: what the client sees, what the journal says, and that it is over."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from simulator.clock import wall_now
from simulator.faults import Moment, catalogue_of_faults

from .forked import served
from .parties import PASSCODE, Control, Platform

PARAMETERS: dict[str, dict[str, Any]] = {
    "latency": {"delay_s": 0.01},
    "slow_body": {"over_s": 0.05, "parts": 5},
    "date_skewed": {"seconds": 86_400},
}
UNHEARD = {"unreachable", "blackhole", "connection_reset", "error_status", "rate_limited"}
"""What strikes before keeps the request from being heard; a late request is heard all the same."""
SILENT: dict[str, tuple[type[Exception], str]] = {
    "unreachable": (httpx.RemoteProtocolError, "without sending a response"),
    "answer_lost": (httpx.RemoteProtocolError, "without sending a response"),
    "blackhole": (httpx.RemoteProtocolError, "without sending a response"),
    "connection_reset": (httpx.ReadError, "reset"),
    "truncated_body": (httpx.RemoteProtocolError, "peer closed connection"),
}
STATUS = {"error_status": 503, "rate_limited": 429}
EXCHANGES = [
    (fault.id, scope, moment)
    for fault in catalogue_of_faults().values()
    for scope in fault.scopes
    for moment in fault.moments
    if scope in ("regulator", "recipient")
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Control, Platform]]:
    with served(tmp_path_factory.mktemp("faults")) as simulator:
        tester, platform = Control(simulator), Platform(simulator)
        tester.post("", {"id": "sb", "passcode": PASSCODE, "seed": 7})
        platform.register()
        yield tester, platform


def arm(tester: Control, name: str, scope: str, moment: Moment) -> str:
    """The id of the fault, armed for one blow."""
    armed = tester.post(
        "/sb/faults",
        {
            "name": name,
            "scope": scope,
            "moment": moment,
            "times": 1,
            "ttl_s": 60,
            "parameters": PARAMETERS.get(name, {}),
        },
    )
    assert armed["moment"] == moment
    return str(armed["fault"])


@contextmanager
def reverted_once_it_strikes(tester: Control, fault: str) -> Iterator[None]:
    """A blackhole keeps silent until somebody reverts it."""

    def revert() -> None:
        while not tester.get("/sb/faults")["items"][0]["struck"]:
            pass
        tester.delete(f"/sb/faults/{fault}")

    with ThreadPoolExecutor(max_workers=1) as beside:
        reverted = beside.submit(revert)
        yield
        reverted.result()


def ask(platform: Platform, scope: str) -> httpx.Response:
    """One message to the witness that is struck."""
    if scope == "regulator":
        return platform.call("GET", "/time")
    return platform.pay(b'{"amount":1}')


def check_true(name: str, answer: httpx.Response, scope: str) -> None:
    """The true answer, in the form that the fault gives it."""
    assert answer.status_code == (200 if scope == "regulator" else 202)
    expected = {"wall", "sandbox", "rate"} if scope == "regulator" else {"status"}
    assert set(answer.json()) == expected
    media_type = answer.headers["content-type"]
    assert media_type.startswith("text/html" if name == "wrong_content_type" else "application/")
    [date] = answer.headers.get_list("date")
    ahead_s = (parsedate_to_datetime(date) - wall_now()).total_seconds()
    assert abs(ahead_s - (86_400 if name == "date_skewed" else 0)) < 60


@pytest.mark.parametrize(("name", "scope", "moment"), EXCHANGES)
def test_a_fault_strikes_as_it_says_is_in_the_journal_and_is_over(
    running: tuple[Control, Platform], name: str, scope: str, moment: Moment
) -> None:
    tester, platform = running
    before = tester.get("/sb")["sequence"]
    fault = arm(tester, name, scope, moment)

    if name in SILENT:
        kind, message = SILENT[name]
        hung = reverted_once_it_strikes(tester, fault) if name == "blackhole" else nullcontext()
        with hung, pytest.raises(kind, match=message):
            ask(platform, scope)
    elif name in STATUS:
        assert ask(platform, scope).status_code == STATUS[name]
    else:
        check_true(name, ask(platform, scope), scope)

    assert ask(platform, scope).status_code in (200, 202)
    assert tester.get("/sb/faults") == {"items": []}
    told = [json.loads(json.loads(line)["content"]) for line in tester.journal(before)]
    [struck] = [one for one in told if one["body"].get("fault") == fault and one["kind"] != "fault"]
    sets = [one["body"] for one in told if one["kind"] == "fault"]
    assert [(one["fault"], one["state"]) for one in sets] == [
        (fault, "armed"),
        (fault, "reverted"),
    ]
    assert struck["body"]["status"] == seen_status(name, scope)
    if scope == "regulator":
        assert struck["body"]["taken"] is not (moment == "before" and name in UNHEARD)


def seen_status(name: str, scope: str) -> int:
    """What the sender saw, as the journal has it."""
    true = 200 if scope == "regulator" else 202
    return 0 if name in SILENT else STATUS.get(name, true)


def test_a_status_after_the_effect_is_an_effect_all_the_same(
    running: tuple[Control, Platform],
) -> None:
    tester, platform = running
    declaration = {
        "purpose": "settlement",
        "legal_basis": "contract",
        "recipient": "acquirer-sg",
        "country": "SG",
        "fields": [{"name": "amount", "category": "M02", "desensitisation": "none"}],
        "records": 10,
        "persons": 1,
        "valid_from": "2023-06-01T00:00:00Z",
        "valid_until": "2023-12-01T00:00:00Z",
    }
    arm(tester, "error_status", "regulator", "after")

    lost = platform.call("POST", "/declarations", declaration, idempotency_key="d-1")
    again = platform.call("POST", "/declarations", declaration, idempotency_key="d-1")

    assert lost.status_code == 503
    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert [one["id"] for one in platform.call("GET", "/declarations").json()["items"]] == [
        again.json()["id"]
    ]


def test_a_moment_that_the_fault_does_not_have_is_refused(
    running: tuple[Control, Platform],
) -> None:
    tester, _ = running
    answer = tester.at.http.post(
        f"{tester.at.base}/control/sandboxes/sb/faults",
        json={"name": "slow_body", "scope": "regulator", "moment": "before"},
        headers={"authorization": "Bearer let-me-in"},
    )

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/moment")
    assert answer.json()["errors"][0]["expected"] == "be after for slow_body"
