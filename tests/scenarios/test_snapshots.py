"""The commands `snapshot` and `restore`: a sandbox moves from one simulator to another."""

import stat
from pathlib import Path

import pytest

from scenarios import cli
from tests.simulator.forked import served
from tests.simulator.parties import TOKEN, Control, Platform, Served


def command(name: str, *words: str, at: Served) -> int:
    return cli.main([name, *words, "--simulator", at.base, "--control-token", TOKEN])


def test_a_sandbox_moves_to_another_simulator_in_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sb.snapshot"
    with served(tmp_path / "here") as here:
        Control(here).post("", {"id": "sb", "passcode": "open sesame"})
        platform = Platform(here)
        platform.register()
        taken = command("snapshot", "sb", str(file), at=here)
        again = command("snapshot", "sb", str(file), at=here)
    with served(tmp_path / "there") as there:
        restored = command("restore", str(file), at=there)
        beside = command("restore", str(file), "--as", "twin", at=there)
        taken_name = command("restore", str(file), at=there)
        moved = Platform(there, key_id=platform.key_id).call("GET", "/registrations/self")

    assert (taken, again, restored, beside, taken_name) == (0, 64, 0, 0, 64)
    assert moved.json()["id"] == "reg-1"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.unfinished"))
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{file} holds sb, 2 entries, and its secrets",
        f"sandbox sb goes on from {file}",
        f"sandbox twin goes on from {file}",
    ]
    assert f"{file} is there already; choose another name or remove it" in said.err
    assert "there is a sandbox 'sb' already" in said.err


def test_what_cannot_be_reached_or_read_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = Served("reinspect serves http://127.0.0.1:1/{sandbox}/v1 ")

    codes = [
        command("snapshot", "sb", str(tmp_path / "file"), at=nowhere),
        command("restore", str(tmp_path / "missing"), at=nowhere),
    ]

    assert codes == [64, 64]
    assert list(tmp_path.iterdir()) == []
    said = capsys.readouterr().err
    assert "the simulator does not answer GET /sandboxes/sb/snapshot" in said
    assert "missing cannot be read: No such file or directory" in said
