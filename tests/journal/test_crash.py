"""What was acknowledged is on disk, whenever the process dies."""

from pathlib import Path

from tests.journal.crash import kill_and_reopen


def test_25_kills_at_random_points_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """One journal goes through all 25, so that each process recovers what the last one left."""
    database = tmp_path / "journal.sqlite"

    aftermaths = [kill_and_reopen(database, seed=seed) for seed in range(25)]

    assert [aftermath.missing for aftermath in aftermaths] == [()] * 25
    assert all(aftermath.acknowledged > 0 for aftermath in aftermaths)
    found = [aftermath.found for aftermath in aftermaths]
    assert found == sorted(found)
