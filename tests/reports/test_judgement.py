"""`judgement.json` is a contract: its schema is strict, and the same journal gives the same
bytes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scenarios.reports import Account, catalogue
from scenarios.requirements import catalogue as requirements
from simulator.journal.ndjson import read_ndjson, write_ndjson
from tests.reports.some_runs import (
    OUR_FAILURE,
    a_leaking_run,
    a_run_in_doubt,
    account_of,
)

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "judgement.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def judgement_of(account: Account) -> dict[str, Any]:
    """What a program reads."""
    value: dict[str, Any] = json.loads(catalogue()["json"].render(account))
    return value


def mistakes_in(value: object) -> list[str]:
    """Everything in which a judgement differs from its schema."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(value)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_judgement_of_an_honest_run_fits_the_schema(honest: Account) -> None:
    value = judgement_of(honest)

    assert mistakes_in(value) == []
    assert value["counts"]["fail"] == 0
    assert value["counts"]["pass"] > 5
    assert value["counts"]["not_exercised"] > 5


def test_the_judgement_of_a_guilty_run_fits_the_schema(guilty: Account) -> None:
    value = judgement_of(guilty)

    assert mistakes_in(value) == []
    assert value["verdict"] == "not_conformant"
    failed = {ruling["id"] for ruling in value["rulings"] if ruling["verdict"] == "fail"}
    assert failed >= {"DES-01", "DES-02", "DES-06", "DES-07", "WHL-05"}


def test_a_judgement_with_doubts_and_with_failures_of_our_own_fits_the_schema(
    doubtful: Account,
) -> None:
    value = judgement_of(doubtful)

    assert mistakes_in(value) == []
    by_id = {ruling["id"]: ruling for ruling in value["rulings"]}
    assert by_id["MON-01"]["verdict"] == "inconclusive"
    assert by_id["MON-01"]["doubts"]
    assert by_id["OUR-01"]["verdict"] == "inconclusive"
    assert by_id["OUR-01"]["mistakes"]


def objects_in(value: object, schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every object of a judgement, each with whether its schema names its members."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        yield value, "required" in schema
        for name, member in value.items():
            yield from objects_in(member, schema.get("properties", {}).get(name, {}))
    if isinstance(value, list):
        for item in value:
            yield from objects_in(item, schema["items"])


@pytest.fixture(scope="module")
def every_kind() -> dict[str, Any]:
    """A small judgement in which every kind of object stands."""
    judged = {"MON-01": requirements()["MON-01"], "OUR-01": OUR_FAILURE}
    value = judgement_of(account_of(a_run_in_doubt(), judged))
    convicted = judgement_of(account_of(a_leaking_run()[0], {"DES-07": requirements()["DES-07"]}))
    [ruling] = convicted["rulings"]
    value["rulings"].append(ruling | {"findings": ruling["findings"][:1]})
    assert mistakes_in(value) == []
    return value


def test_the_schema_refuses_what_it_does_not_name(every_kind: dict[str, Any]) -> None:
    for held, is_named in objects_in(every_kind, SCHEMA):
        if is_named:
            held["unheard_of"] = 1
            assert mistakes_in(every_kind) != [], held
            del held["unheard_of"]
    assert mistakes_in(every_kind) == []


def test_the_schema_misses_whatever_is_not_there(every_kind: dict[str, Any]) -> None:
    for held, is_named in objects_in(every_kind, SCHEMA):
        for name in list(held) if is_named else ():
            member = held.pop(name)
            assert mistakes_in(every_kind) != [], name
            held[name] = member
    assert mistakes_in(every_kind) == []


def test_judging_twice_gives_the_same_bytes(guilty: Account, tmp_path: Path) -> None:
    write_ndjson(guilty.evidence, tmp_path / "journal.ndjson")
    again = account_of(read_ndjson(tmp_path / "journal.ndjson"))

    for report in catalogue().values():
        assert report.render(again) == report.render(guilty), report.id


def test_judging_does_not_depend_on_the_process(guilty: Account, tmp_path: Path) -> None:
    """Sets have another order in every process."""
    written = []
    for hash_seed in ("1", "2"):
        folder = tmp_path / hash_seed
        folder.mkdir()
        write_ndjson(guilty.evidence, folder / "journal.ndjson")
        judged = subprocess.run(
            [sys.executable, "-m", "scenarios.cli", "judge", str(folder)],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert judged.returncode == 1, judged.stderr.decode()
        names = [report.filename for report in catalogue().values()]
        written.append({name: (folder / name).read_bytes() for name in names})
    assert written[0] == written[1]
