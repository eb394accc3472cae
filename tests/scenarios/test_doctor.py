"""The doctor finds configuration errors before a run, all at once, and touches nothing."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scenarios import doctor
from scenarios.parties import free_port
from scenarios.target import Target, load
from scenarios.target_template import target_text


@contextmanager
def somebody_listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def a_target(
    folder: Path, *, platform: int, listen: int, change: tuple[str, str] = ("", "")
) -> Target:
    text = target_text(
        name="somebody",
        platform=f"http://127.0.0.1:{platform}",
        listen=f"127.0.0.1:{listen}",
        passcode="open",
        state="state",
        restart=("true",),
    )
    # Without a health check a bare listener is platform enough.
    text = text.replace(f'healthz = "http://127.0.0.1:{platform}/healthz"', "")
    path = folder / "target.toml"
    path.write_text(text.replace(*change) if change[0] else text)
    return load(path)


def examined(target: Target) -> dict[str, str]:
    return {check.name: check.state for check in asyncio.run(doctor.examine(target))}


def test_a_sound_configuration_is_healthy(tmp_path: Path) -> None:
    with somebody_listening() as platform:
        checks = asyncio.run(
            doctor.examine(a_target(tmp_path, platform=platform, listen=free_port()))
        )

    assert doctor.is_healthy(checks)
    assert {check.name for check in checks} == {
        "packages",
        "simulator.state",
        "simulator.listen",
        "simulator.public_url",
        "payment.url",
    }


def test_a_port_in_use_and_a_platform_that_is_not_there_are_told_together(tmp_path: Path) -> None:
    with somebody_listening() as taken:
        found = examined(a_target(tmp_path, platform=free_port(), listen=taken))

    assert found["simulator.listen"] == "wrong"
    assert found["payment.url"] == "wrong"


def test_a_public_address_that_leads_elsewhere_is_wrong(tmp_path: Path) -> None:
    listen, elsewhere = free_port(), free_port()
    change = (
        f'public_url = "http://127.0.0.1:{listen}"',
        f'public_url = "http://127.0.0.1:{elsewhere}"',
    )

    with somebody_listening() as platform:
        found = examined(a_target(tmp_path, platform=platform, listen=listen, change=change))

    assert found["simulator.public_url"] == "wrong"


def test_a_command_that_does_not_exist_is_wrong(tmp_path: Path) -> None:
    change = ('command = ["true"]', 'command = ["no-such-command-anywhere"]')

    with somebody_listening() as platform:
        found = examined(a_target(tmp_path, platform=platform, listen=free_port(), change=change))

    assert found["actions.restart"] == "wrong"


def test_a_story_that_cannot_be_played_is_noted_and_keeps_nothing_from_running(
    tmp_path: Path,
) -> None:
    change = ("clock = true", "clock = false")

    with somebody_listening() as platform:
        found = examined(a_target(tmp_path, platform=platform, listen=free_port(), change=change))

    assert found["story thirty_days_run_out"] == "note"
    assert "wrong" not in found.values()


def test_a_state_folder_that_cannot_be_made_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert doctor.check_state(tmp_path / "file" / "state").state == "wrong"
    assert doctor.check_state(tmp_path / "new" / "state").state == "ok"


def test_another_package_of_our_name_is_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "__file__", str(tmp_path / "scenarios" / "doctor.py"))

    assert doctor.check_packages().state == "wrong"
