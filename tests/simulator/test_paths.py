"""No way of writing a path leads past the witnesses."""

import json
from collections.abc import Iterator

import pytest

from tests.simulator.forked import served
from tests.simulator.parties import PASSCODE, Control, Served


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("paths")) as simulator:
        yield simulator


@pytest.fixture
def at(running: Served) -> Iterator[Served]:
    """With a sandbox that has seen nothing yet."""
    tester = Control(running)
    tester.post("", {"id": "sb", "passcode": PASSCODE})
    yield running
    tester.delete("/sb")


def records(at: Served, kind: str) -> list[dict[str, object]]:
    """What the journal has of one kind."""
    entries = [json.loads(json.loads(line)["content"]) for line in Control(at).journal()]
    return [entry["body"] for entry in entries if entry["kind"] == kind]


@pytest.mark.parametrize(
    "path", ["/a%0Ab", "/%0A", "/a%0D%0Ab/c", "//a//b", "/..%2f..%2fcontrol", "/%E2%80%A8", "/%00"]
)
def test_a_payload_on_any_path_is_kept(at: Served, path: str) -> None:
    answer = at.http.post(f"{at.base}/sb/recipients/acquirer-sg{path}", content=b"amount=12")

    assert answer.status_code == 202
    assert [arrival["path"] for arrival in records(at, "arrival")] == [path]


@pytest.mark.parametrize("path", ["/a%0Ab", "/declarations/%0A", "/%00"])
def test_a_question_to_any_path_is_kept(at: Served, path: str) -> None:
    answer = at.http.get(f"{at.base}/sb/v1{path}")

    assert answer.status_code in (401, 404)
    assert answer.headers["content-type"] == "application/problem+json"
    assert [exchange["path"] for exchange in records(at, "exchange")] == [f"/sb/v1{path}"]


@pytest.mark.parametrize(
    "path",
    [
        "/sb/recipient%73/acquirer-sg/x",
        "/s%62/recipients/acquirer-sg/x",
        "/sb%2Frecipients/acquirer-sg/x",
        "/sb/recipients%2facquirer-sg/x",
        "/sb/recipients/acquirer%2Dsg/x",
    ],
)
def test_a_payload_on_a_path_that_is_written_with_escapes_is_kept(at: Served, path: str) -> None:
    answer = at.http.post(f"{at.base}{path}", content=b"amount=12")

    assert answer.status_code == 202
    kept = [(arrival["recipient"], arrival["path"]) for arrival in records(at, "arrival")]
    assert kept == [("acquirer-sg", "/x")]
