"""How many processes judge changes no byte of a judgement."""

import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scenarios.judge import judge, reading
from scenarios.judge.dossiers import Grade, Moment
from scenarios.judge.forks import in_forks
from scenarios.judge.judgement import to_bytes
from scenarios.judge.subjects import payment
from scenarios.requirements import catalogue
from scenarios.traffic import Traffic
from simulator.journal import records as rec
from tests.judge.honest_journal import Size, Step, body, happenings, sealed

SIZE = Size(payments=120, batch=4, people=15)


def pieces_that_differ(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


@pytest.mark.parametrize("results_are_large", [True, False])
def test_the_results_come_in_the_order_of_the_pieces(
    results_are_large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    done = list(
        in_forks(pieces_that_differ, range(20), is_large=True, results_are_large=results_are_large)
    )

    assert [result for result, _ in done] == [number * number for number in range(20)]
    if results_are_large:
        assert os.getpid() not in {process for _, process in done}


def test_this_process_works_while_it_would_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fork does not end its first piece before this process has done the last."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    there, done_here = multiprocessing.get_context("fork").Event(), os.getpid()

    def work(number: int) -> int:
        if os.getpid() == done_here:
            there.set()
        else:
            assert there.wait(60)
        return os.getpid()

    processes = list(in_forks(work, range(4), is_large=True))

    assert done_here in processes[1:]


@pytest.mark.parametrize(("cores", "is_large"), [(1, True), (2, False)])
def test_little_is_done_here(cores: int, is_large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    done = list(in_forks(pieces_that_differ, [1, 2], is_large=is_large))

    assert {process for _, process in done} == {os.getpid()}


@dataclass(frozen=True, slots=True)
class Whole:
    one: int
    moment: Moment
    grade: Grade = Grade.ALONE
    among: tuple["Whole", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    one: int
    two: set[str]


@dataclass(slots=True)
class Single:
    only: list[int]


@dataclass
class Made:
    given: int
    found: int = field(default=0, init=False)


def of_every_shape(number: int) -> list[Any]:
    at = Moment(number, datetime(2026, 1, number, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC))
    made = Made(number)
    made.found = number + 1
    inner = Whole(number, at)
    whole = Whole(number, at, Grade.DIGEST, (inner, inner))
    return [whole, Named(one=number, two={"a"}), Single([number]), made, number / 3, b"\xff"]


def test_results_of_every_shape_come_back_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    (one, two) = in_forks(of_every_shape, [1, 2], is_large=True)

    assert [one, two] == [of_every_shape(1), of_every_shape(2)]
    assert one[0].among[0] is one[0].among[1]


def guilty() -> Iterator[Step]:
    """Every payload tells a mobile number, and the third ten digits of one."""
    mobile = Traffic(SIZE.seed).people(1)[0].mobile
    arrived = 0
    for step in happenings(SIZE):
        record = step.record
        if isinstance(record, rec.Arrival):
            arrived += 1
            told = mobile[:10] if arrived == 3 else mobile
            text = (record.body.text or "").replace("settlements", f"to {told}")
            step = step._replace(record=replace(record, body=body(text)))
        yield step


@pytest.mark.parametrize("steps", [list(happenings(SIZE)), list(guilty())], ids=["good", "bad"])
def test_a_judgement_is_the_same_from_one_process_and_from_several(
    steps: list[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PIECE_BYTES", 4096)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    entries = list(sealed(steps))
    alone = to_bytes(judge(entries, catalogue()))

    monkeypatch.setattr(reading, "SHARED_FROM_BYTES", 0)
    monkeypatch.setattr(payment, "PART", 7)

    assert to_bytes(judge(entries, catalogue())) == alone
