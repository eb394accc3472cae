"""Counting persons over the interface, in one conversation that goes over two New Years."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.regulator.connected import Connected, connected


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        yield regulator


def tokens(*numbers: int) -> list[str]:
    return [f"{number:032x}" for number in numbers]


def test_the_clock_goes_over_new_year_and_the_count_with_it(regulator: Connected) -> None:
    regulator.register()

    def count(key: str, **told: Any) -> Any:
        message = {"recipient": "acquirer-sg", **told}
        answer = regulator.ask("POST", "/headcounts", message, key=key)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def standing() -> Any:
        answer = regulator.ask("GET", "/headcounts")
        return {name: value for name, value in answer.json().items() if name != "at"}

    first = count("count-1", ordinary=tokens(1, 2), sensitive=tokens(3))
    assert (first["new"], first["known"], first["persons"], first["sensitive_persons"]) == (
        3,
        0,
        3,
        1,
    )
    again = count("count-2", recipient="acquirer-th", ordinary=tokens(2, 3, 4))
    assert (again["new"], again["known"], again["persons"]) == (1, 2, 4)

    regulator.sandbox.clock.advance_to(datetime(2024, 1, 1, tzinfo=UTC))
    assert standing() == {
        "persons": 4,
        "sensitive_persons": 1,
        "exempted_persons": 0,
        "counted_since": "2023-01-01",
        "rule_pack": "r2022",
        "mechanism": "standard_contract_or_certification",
        "reason": "1 persons with sensitive information, below 10000",
        "clause": "Order 11 art. 4",
    }

    regulator.sandbox.clock.advance_to(datetime(2025, 1, 1, tzinfo=UTC))
    assert count("count-3", ordinary=tokens(1))["new"] == 1
    assert standing() == {
        "persons": 1,
        "sensitive_persons": 0,
        "exempted_persons": 0,
        "counted_since": "2025-01-01",
        "rule_pack": "r2024",
        "mechanism": "exempt",
        "reason": "1 persons, below 100000, and none with sensitive information",
        "clause": "Order 16 art. 5, 7-8",
    }
    before = regulator.office.state
    regulator.restart()
    assert regulator.office.state == before


def test_what_is_no_token_is_refused_by_its_pointer_and_counts_nothing(
    regulator: Connected,
) -> None:
    regulator.register()
    message = {"recipient": "acquirer-sg", "ordinary": ["110101188001010018", *tokens(1)]}
    answer = regulator.ask("POST", "/headcounts", message, key="count-1")

    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/ordinary/0", "body_invalid")
    ]
    assert regulator.ask("GET", "/headcounts").json()["persons"] == 0


def test_the_handler_describes_itself_and_is_judged_by_its_latest_word(
    regulator: Connected,
) -> None:
    regulator.register()
    assert regulator.ask("GET", "/handler").json()["described_at"] is None
    described = regulator.ask("PUT", "/handler", {"handled_persons": 5_000_000})
    assert described.status_code == 200
    message = {"recipient": "acquirer-sg", "ordinary": tokens(1)}
    counted = regulator.ask("POST", "/headcounts", message, key="count-1").json()

    assert (counted["mechanism"], counted["reason"]) == (
        "security_assessment",
        "the handler handles 5000000 persons, 1000000 or more",
    )
