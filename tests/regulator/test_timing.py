"""Every answer tells how long each stage of it took."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.regulator.connected import Connected, connected


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        yield regulator


def stages(header: str) -> list[str]:
    """The stages in a `Server-Timing`, each with a duration in milliseconds."""
    parts = [re.fullmatch(r"([a-z]+);dur=[0-9]+\.[0-9]{3}", part) for part in header.split(", ")]
    return [part[1] for part in parts if part is not None]


def test_every_answer_tells_its_stages(regulator: Connected) -> None:
    registered = regulator.register()
    taken = regulator.declare()
    refused = regulator.ask("GET", "/declarations/dcl-9")
    unknown = regulator.ask("GET", "/nowhere")

    told = [stages(answer.headers["server-timing"]) for answer in (registered, taken, refused)]
    assert told == [
        ["hear", "decide", "commit"],
        ["hear", "verify", "decide", "commit"],
        ["hear", "verify", "decide", "commit"],
    ]
    assert stages(unknown.headers["server-timing"]) == ["hear", "decide", "commit"]
