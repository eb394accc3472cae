"""What was kept is there after a kill; what was half written is not."""

from pathlib import Path

from tests.other_platform.ledger import Ledger


def test_the_newest_value_of_every_name_survives(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.keep("order", "o-1", {"state": "OPEN"})
    ledger.keep("order", "o-2", {"state": "OPEN"})
    ledger.keep("order", "o-1", {"state": "DONE"})
    ledger.close()

    recovered = Ledger(tmp_path / "ledger.jsonl")

    assert recovered.all("order") == {"o-1": {"state": "DONE"}, "o-2": {"state": "OPEN"}}
    assert recovered.get("order", "o-3") is None
    recovered.close()


def test_a_torn_line_is_dropped_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text('["order","o-1","OPEN"]\n["order","o-1","DO')

    ledger = Ledger(path)
    ledger.keep("order", "o-2", "OPEN")
    ledger.close()

    assert path.read_text() == '["order","o-1","OPEN"]\n["order", "o-2", "OPEN"]\n'


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    Ledger(tmp_path / "ledger.jsonl").close()

    assert (tmp_path / "ledger.jsonl").stat().st_mode & 0o777 == 0o600
