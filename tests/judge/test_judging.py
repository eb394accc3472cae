"""The measurement of the judge tells what it measured."""

import json
from pathlib import Path

import pytest

from tests.judge.judging import main


def test_a_small_journal_is_made_judged_and_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--payments", "200", "--batch", "5", "--people", "10", "--rounds", "1"]

    assert main([*asked, "--out", str(tmp_path)]) == 0

    told = json.loads((tmp_path / "bench-judge-1" / "bench.json").read_text())
    assert told["size"] == {"payments": 200, "batch": 5, "people": 10, "seed": 1}
    assert [sorted(each) for each in told["rounds"]] == [["cpu_s", "memory_bytes", "wall_s"]]
    assert "200 payments of 10 people in payloads of 5" in capsys.readouterr().out
    assert not (tmp_path / "bench-judge-1" / "journal.ndjson").exists()


def test_wrong_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--payments", "many"])

    assert ended.value.code == 64
    assert "--payments" in capsys.readouterr().err
