"""The judge reads whatever a journal can say: a kind that is new to it is no crash, and what it
cannot know from it is told."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scenarios.cli import main
from scenarios.judge import judge
from scenarios.judge.gathering import read
from scenarios.requirements import catalogue
from scenarios.traffic import payment_to_json
from simulator.journal import records as rec
from simulator.journal.ndjson import write_ndjson
from tests.judge.a_world import AWorld
from tests.judge.examples import AT, all_events, example, kinds_of_records


def a_run_with(*records: Any) -> AWorld:
    """A little honest run in which the journal also says this."""
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    world.send(payment)
    for record in records:
        world.add(record)
    world.end()
    return world


def every_record() -> list[Any]:
    """One of each kind, and the marks of a run as well; the payment is one that a merchant made."""
    made = [example(kind) for kind in kinds_of_records() if kind is not rec.Asked]
    return [*made, replace(example(rec.FaultSet), state="armed")]


@pytest.mark.parametrize("kind", kinds_of_records(), ids=lambda kind: str(kind.kind))
def test_a_record_of_every_kind_is_read(kind: type) -> None:
    record: Any = example(kind)
    if kind is rec.Asked:  # Its payment is one that a merchant made.
        record = replace(record, payment=payment_to_json(AWorld().payment()))
    evidence = read(a_run_with(record).entries)

    entry = AWorld().add(record)
    assert rec.from_json(entry.kind, rec.to_json(record)) == record
    assert (evidence.ended, len(evidence.transmissions)) == (True, 1)


@pytest.mark.parametrize("carrier", [rec.Opened, rec.Exchange, rec.Delivery, rec.Decided])
def test_an_event_of_every_kind_is_read_wherever_it_stands(carrier: type) -> None:
    record: Any = replace(example(carrier), events=all_events())

    evidence = read(a_run_with(record).entries)

    assert rec.from_json(record.kind, rec.to_json(record)) == record
    assert "x" in evidence.platforms
    assert evidence.transmissions["x"].closed is not None
    assert evidence.notices["x"].acknowledged is not None


def test_a_journal_of_every_kind_is_proved_judged_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the command line does it, from the file to the reports."""
    world = a_run_with(*every_record(), replace(example(rec.Decided), events=all_events()))
    write_ndjson(world.entries, tmp_path / "journal.ndjson")

    proved = main(["verify", str(tmp_path)])
    judged = main(["judge", str(tmp_path)])

    assert proved == 0, capsys.readouterr().err
    assert judged in (1, 2), capsys.readouterr().err
    told = json.loads((tmp_path / "judgement.json").read_text())
    assert told["counts"]["entries"] == len(world.entries)
    assert [ruling["id"] for ruling in told["rulings"] if ruling["mistakes"]] == []


def reasons_of(**refusals: int) -> tuple[str, ...]:
    many = rec.TurnedAway(sum(refusals.values()), refusals, AT, AT, "0" * 64)
    return judge(a_run_with(many).entries, catalogue()).reasons


def test_what_was_counted_and_not_kept_keeps_a_run_from_being_conclusive() -> None:
    [reason] = reasons_of(signature_missing=3, key_unknown=4, rate_limited=2)

    assert reason == (
        "7 requests that nobody signed well were counted and not kept: whose they were and what "
        "they said is not known; raise no flood, or find out who sends it"
    )


def test_what_only_had_to_wait_leaves_nothing_unknown() -> None:
    assert reasons_of(rate_limited=2) == ()


def test_a_fault_of_connections_takes_the_sight_of_regulator_and_recipients() -> None:
    world = AWorld()
    world.add(rec.FaultSet("flt-1", "certificate_expired", "armed", "connection"))
    world.end()

    [window] = read(world.entries).faults.values()

    assert window.witnesses == {"regulator", "recipient"}
