"""The whole process over real HTTP: what it serves, how it ends, and that a kill changes
nothing."""

import json
import os
import socket
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.journal.verify import verify

from .forked import Ended, served, spawn, start
from .parties import Control, Platform, announcement, declaration


def steady(state: dict[str, Any]) -> dict[str, Any]:
    """What of a sandbox's state does not change by reading it later."""
    return {name: value for name, value in state.items() if name != "now"}


def test_from_registration_to_suspension_and_on_after_a_kill(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        tester, platform = Control(first), Platform(first)
        tester.post("", {"id": "sb", "passcode": "open sesame", "seed": 7})
        platform.register()
        declared = platform.call("POST", "/declarations", declaration(), idempotency_key="d-1")
        announced = platform.call("POST", "/transmissions", announcement(), idempotency_key="t-1")
        arrived = platform.pay(b'{"amount":123456}')
        ordered = tester.post("/sb/orders", {"order": "suspend", "reason": "undeclared exports"})
        late = platform.call("POST", "/transmissions", announcement(), idempotency_key="t-2")
        before, journal = tester.get("/sb"), tester.journal()

    with served(tmp_path) as second:
        tester, platform = Control(second), Platform(second, key_id=platform.key_id)
        after, whole = tester.get("/sb"), tester.journal()
        notices = platform.call("GET", "/notices").json()["items"]

    answers = (declared, announced, arrived, late)
    assert [answer.status_code for answer in answers] == [201, 201, 202, 409]
    assert late.json()["code"] == "authorization_suspended"
    assert ordered["notices"] == ["ntc-1", "ntc-2"]
    assert [notice["type"] for notice in notices] == ["inspection.opened", "export.suspended"]
    assert steady(after) == steady(before)
    assert before["cases"] == [{"id": "cas-1", "status": "suspended"}]
    assert whole == journal
    assert verify(whole).entries == before["sequence"] == 7
    arrival = json.loads(json.loads(whole[4])["content"])
    assert (arrival["kind"], arrival["body"]["body"]["text"]) == ("arrival", '{"amount":123456}')


def test_every_refused_connection_is_in_the_journal(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        tester, platform = Control(running), Platform(running)
        tester.post("", {"id": "sb", "passcode": "open sesame"})
        platform.register()
        tester.post(
            "/sb/faults",
            {"name": "unreachable", "scope": "regulator", "operations": ["time"], "times": 1},
        )
        tester.post("/sb/faults", {"name": "answer_lost", "scope": "recipient", "times": 1})

        unanswered = "Server disconnected without sending a response"
        with pytest.raises(httpx.RemoteProtocolError, match=unanswered):
            platform.call("GET", "/time")
        with pytest.raises(httpx.RemoteProtocolError, match=unanswered):
            platform.pay(b"lost")
        calm = [platform.call("GET", "/time").status_code, platform.pay(b"found").status_code]
        told = [json.loads(json.loads(line)["content"]) for line in tester.journal()]

    assert calm == [200, 202]
    assert [
        (one["kind"], one["body"].get("fault"), one["body"].get("state"), one["body"].get("status"))
        for one in told[2:]
    ] == [
        ("fault", "flt-1", "armed", None),
        ("fault", "flt-2", "armed", None),
        ("exchange", "flt-1", None, 0),
        ("fault", "flt-1", "reverted", None),
        ("arrival", "flt-2", None, 0),
        ("fault", "flt-2", "reverted", None),
        ("exchange", None, None, 200),
        ("arrival", None, None, 202),
    ]


def test_it_is_healthy_and_ends_cleanly_when_asked(tmp_path: Path) -> None:
    running = start(tmp_path)
    try:
        Control(running).post("", {"id": "sb"})
        health = httpx.get(f"{running.base}/healthz", trust_env=False)
        running.terminate()
        ended = running.ended()
    finally:
        running.kill()

    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    assert ended == Ended(0, out="", err="")
    with served(tmp_path) as again:
        assert Control(again).get("/sb")["id"] == "sb"


def test_a_hanging_client_does_not_hold_up_the_end(tmp_path: Path) -> None:
    running = start(tmp_path)
    try:
        tester = Control(running)
        tester.post("", {"id": "sb"})
        tester.post("/sb/faults", {"name": "blackhole", "scope": "recipient"})
        host, port = running.base.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=120) as hanging:
            hanging.sendall(b"GET /sb/recipients/acquirer-sg HTTP/1.1\r\nhost: x\r\n\r\n")
            while tester.get("/sb")["sequence"] < 3:
                pass
            running.terminate()
            answer = hanging.recv(100)
        ended = running.ended()
    finally:
        running.kill()

    assert (answer, ended) == (b"", Ended(0, out="", err=""))


def test_the_token_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "control-token"
    with served(tmp_path, token=None) as first:
        made = file.read_text().strip()
        announced = first.announcement
    with served(tmp_path, token=None) as second:
        answer = httpx.get(
            f"{second.base}/control/sandboxes",
            headers={"authorization": f"Bearer {made}"},
            trust_env=False,
        )

    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert announced == (
        f"reinspect serves {first.base}/{{sandbox}}/v1 (regulator), "
        f"{first.base}/{{sandbox}}/recipients (recipients), "
        f"{first.base}/control (token in {file}); start at {first.base}/\n"
    )
    assert answer.json() == {"items": []}


def end_of(state: Path, *, port: int = 0) -> Ended:
    """How a simulator ends that cannot serve."""
    starting = spawn(state, port=port)
    try:
        return starting.ended()
    finally:
        starting.kill()


def test_what_a_user_can_mend_is_said_and_ends_with_64(tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.write_text("not a directory")
    with served(tmp_path / "state") as running:
        port = int(running.base.rpartition(":")[2])
        taken = end_of(tmp_path / "other", port=port)
        in_use = end_of(tmp_path / "state")
    no_directory = end_of(file)

    assert [(one.code, one.out) for one in (taken, in_use, no_directory)] == [(64, "")] * 3
    assert f"cannot serve on 127.0.0.1:{port}" in taken.err
    assert "in use" in taken.err
    assert "is in use by another simulator" in in_use.err
    assert str(file) in no_directory.err


def test_an_altered_journal_is_named_and_not_served(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        tester = Control(running)
        tester.post("", {"id": "sb"})
        tester.post("/sb/clock/advance", {"by_s": 60})
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database, database:
        database.execute(
            "UPDATE entries SET content = replace(content, 'clock', 'clack') WHERE sequence = 2"
        )

    ended = end_of(tmp_path)

    assert ended.code == 64
    assert "entry 2 is broken" in ended.err
    assert "journal of sandbox 'sb'" in ended.err
