"""An entry is sealed by the published arithmetic and reads back as it was."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.journal.entry import (
    GENESIS,
    Entry,
    JournalUnreadable,
    NewerFormat,
    restore,
    seal,
    upgraded,
)
from simulator.journal.events.feed import FeedTaken
from simulator.journal.events.registration import CallbackConfirmed
from simulator.journal.records import Body, Decided, Exchange, Staged
from simulator.journal.verify import Chain, Line, chained, digest_of_content
from simulator.messages.base import canonical
from tests.journal.some_entries import SANDBOX, WALL, entries_of

SALT = "000102030405060708090a0b0c0d0e0f"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def reread(entry: Entry) -> Entry:
    """The entry as a reader gets it that has its line alone."""
    line = Line(
        entry.sequence,
        entry.kind,
        entry.salt,
        entry.content,
        entry.content_digest,
        entry.digest,
    )
    return restore(line, Chain().take(line))


def test_an_entry_is_sealed_by_the_published_arithmetic() -> None:
    entry = seal(GENESIS, 1, Staged("run_started"), WALL, SANDBOX, SALT)

    content = (
        '{"body":{"facts":{},"mark":"run_started","story":null},"format":1,"kind":"staged",'
        '"sandbox_at":"2023-06-01T00:00:00+00:00","sequence":1,'
        '"wall_at":"2026-03-02T08:00:00+00:00"}'
    )
    content_digest = hashlib.sha256(bytes(range(16)) + content.encode()).digest()
    digest = hashlib.sha256(bytes(32) + content_digest).hexdigest()
    assert entry == Entry(1, "staged", WALL, SANDBOX, content, SALT, content_digest.hex(), digest)


def test_content_is_canonical_json() -> None:
    record = Staged("action", facts={"ü": [1, {"b": None, "a": "\u2028"}], "A": True})
    entry = seal(GENESIS, 1, record, WALL, SANDBOX, SALT)

    assert entry.content.encode() == canonical(json.loads(entry.content))


def test_a_record_with_its_events_reads_back_as_it_was() -> None:
    at = datetime(2023, 6, 1, 0, 0, 0, 7, tzinfo=UTC)
    exchange = Exchange(
        operation="feed",
        platform="reg-1",
        method="POST",
        path="/s/v1/feed",
        query="",
        headers={"content-type": "application/x-ndjson"},
        body=Body("ab" * 32, 3, base64="/w=="),
        received_at=WALL,
        status=200,
        answer={"accepted": 1, "refused": [], "alerts": []},
        refusal=None,
        events=(
            FeedTaken("trm-1", 1, "transmission.started", 0, 0, None, ("M01",), "acq", "SG", at),
            CallbackConfirmed("reg-1", at),
        ),
    )
    entry = seal(GENESIS, 1, exchange, WALL, SANDBOX, SALT)

    assert entry.record is exchange
    assert reread(entry) == entry
    assert reread(entry).record == exchange


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_whatever_a_record_says_reads_back(facts: dict[str, Any]) -> None:
    entry = seal(GENESIS, 1, Staged("action", facts=facts), WALL, SANDBOX, SALT)

    assert reread(entry).record == Staged("action", facts=facts)


def test_text_that_has_no_utf_8_is_kept_escaped() -> None:
    """A sender can escape a lone surrogate into valid JSON, and an answer may quote it."""
    record = Staged("action", facts={"seen": "\ud800", "name": "ü"})
    entry = seal(GENESIS, 1, record, WALL, SANDBOX, SALT)

    assert entry.content.isascii()
    assert reread(entry).record == record


def test_a_newer_format_is_refused_by_name() -> None:
    entry = seal(GENESIS, 1, Staged("run_started"), WALL, SANDBOX, SALT)
    content = entry.content.replace('"format":1', '"format":2')
    content_digest = digest_of_content(SALT, content)
    newer = replace(
        entry,
        content=content,
        content_digest=content_digest,
        digest=chained(GENESIS, content_digest),
    )

    with pytest.raises(NewerFormat, match="entry 1 has format 2, but this version reads up to 1"):
        reread(newer)


def test_an_older_format_is_upgraded_step_by_step() -> None:
    steps = {
        1: lambda content: {**content, "body": {"mark": content["body"]["name"]}},
        2: lambda content: {**content, "body": {**content["body"], "story": None}},
    }

    assert upgraded({"format": 1, "body": {"name": "baseline"}}, to=3, steps=steps) == {
        "format": 3,
        "body": {"mark": "baseline", "story": None},
    }


def test_a_kind_that_this_version_does_not_know_is_named() -> None:
    [entry] = entries_of([Decided("timer", "expire", ())])
    unknown = Entry(
        entry.sequence,
        "certified",
        entry.wall_at,
        entry.sandbox_at,
        entry.content,
        entry.salt,
        entry.content_digest,
        entry.digest,
    )

    with pytest.raises(JournalUnreadable, match="entry 1 is no record of kind 'certified'"):
        _ = unknown.record
