"""The command line: exit codes tell the kind of the outcome, and every mistake names its remedy."""

import json
from pathlib import Path
from typing import Any

import pytest

from scenarios import cli, run_folder
from simulator.journal.ndjson import write_ndjson
from simulator.journal.records import Staged
from tests.journal.some_entries import entries_of

WORDS = ("one", "two", "three")


def run(*arguments: str) -> int:
    """The exit code, whether it is returned or argparse ends the program with it."""
    try:
        return cli.main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


def a_run(folder: Path) -> Path:
    """A run whose journal is a true chain over marks that say little."""
    entries = entries_of([Staged("action", facts={"word": word}) for word in WORDS])
    write_ndjson(entries, folder / run_folder.JOURNAL)
    run_folder.RunFolder(folder).write_run({"entries": len(entries), "head": entries[-1].digest})
    return folder


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "COMMAND"),
        (("certfy",), "invalid choice"),
        (("certify", "--seed", "x"), "from 0 to 2^63 - 1, but was 'x'"),
        (("certify", "--seed", "²"), "from 0 to 2^63 - 1, but was '²'"),
        (("serve", "--port", "²"), "a port is a whole number from 0 to 65535"),
        (("certify", "--story", "ordinry_day"), "did you mean 'ordinary_day'?"),
        (("certify", "--requirement", "DEC-1"), "did you mean 'DEC-01'"),
        (("certify", "--defect", "ignores_stopp"), "did you mean 'ignores_stop'"),
        (("certify", "--rule-pack", "r2O22"), "did you mean 'r2022'"),
        (("certify", "--target", "nowhere.toml"), "No such file or directory"),
        (("list", "storys"), "did you mean 'stories'?"),
        (("explain", "authorization_stail"), "did you mean 'authorization_stale'"),
        (("prove", "--only", "onest"), "did you mean 'honest'"),
        (("judge", "nowhere"), "there is no run folder 'nowhere'"),
        (("verify", "nowhere"), "there is no run folder 'nowhere'"),
        (("doctor", "nowhere.toml"), "No such file or directory"),
        (("serve", "--port", "70000"), "a port is a whole number from 0 to 65535"),
        (
            (
                *("reference-platform", "--port", "0", "--regulator", "x", "--recipient", "y"),
                *("--passcode", "z", "--state", "s"),
            ),
            "--regulator must be a whole address",
        ),
    ],
)
def test_wrong_usage_exits_64_and_names_the_remedy(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 64

    assert said in capsys.readouterr().err


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_folder_that_cannot_hold_runs_is_the_users_to_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], below: str
) -> None:
    (tmp_path / "file").write_text("")

    assert run("certify", "--out", str(tmp_path / "file" / below)) == 64

    assert "give another folder with --out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("recorded", "said"),
    [(True, "judge it with: reinspect judge "), (False, "no journal to judge")],
)
def test_who_interrupts_a_run_is_told_what_was_kept_and_where(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    recorded: bool,
    said: str,
) -> None:
    monkeypatch.setattr("scenarios.parties.leave_nobody_behind", lambda: None)

    async def interrupted(plan: Any, out: Path, tell: Any, begun: Any, **options: Any) -> None:
        begun(run_folder.RunFolder(a_run(out) if recorded else out))
        raise KeyboardInterrupt

    monkeypatch.setattr("scenarios.certify.certify_reference", interrupted)

    assert run("certify", "--out", str(tmp_path)) == 2

    told = capsys.readouterr().err
    assert said in told
    assert str(tmp_path) in told


def test_a_defect_is_for_the_reference_platform_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "target.toml"

    assert run("init", str(target)) == 0
    assert run("certify", "--target", str(target), "--defect", "ignores_stop") == 64

    assert "leave out --target or --defect" in capsys.readouterr().err


def test_init_writes_a_target_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("init", str(tmp_path / "target.toml")) == 0
    assert run("init", str(tmp_path / "target.toml")) == 64

    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "kind", ["requirements", "stories", "rules", "defects", "faults", "reports"]
)
def test_every_list_can_be_read_by_a_program(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", kind, "--json") == 0

    listed = json.loads(capsys.readouterr().out)
    assert len(listed) >= 5
    assert all(entry["id"] and entry["title"] for entry in listed)


def test_explain_tells_what_a_code_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "dec-01") == 0
    assert run("explain", "authorization_stale") == 0
    assert run("explain", "ordinary_day") == 0

    told = capsys.readouterr().out
    assert "DEC-01 (requirement)" in told
    assert "ordinary_day (story)" in told
    assert "authorization_stale (problem code)" in told


def test_an_unaltered_journal_is_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", str(a_run(tmp_path))) == 0

    assert capsys.readouterr().out.startswith("3 entries, unbroken; head ")


def test_an_altered_journal_names_the_first_broken_entry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = a_run(tmp_path) / run_folder.JOURNAL
    journal.write_text(journal.read_text().replace("two", "TWO"))

    assert run("verify", str(tmp_path)) == 64
    assert "entry 2 is broken" in capsys.readouterr().err

    assert run("judge", str(tmp_path)) == 64
    assert "entry 2 is broken" in capsys.readouterr().err


def test_a_journal_that_was_cut_short_is_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = a_run(tmp_path) / run_folder.JOURNAL
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:2]))

    assert run("verify", str(tmp_path)) == 64
    assert "entry 3 is broken" in capsys.readouterr().err

    assert run("judge", str(tmp_path)) == 64
    assert "entry 3 is broken" in capsys.readouterr().err


def test_without_the_run_file_the_end_of_a_journal_is_not_proven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (a_run(tmp_path) / run_folder.RUN).unlink()

    assert run("verify", str(tmp_path)) == 0

    assert "cut off at the end is not proven" in capsys.readouterr().err


def test_a_run_of_a_newer_version_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = a_run(tmp_path)
    (folder / run_folder.RUN).write_text('{"format": 2}')

    assert run("verify", str(folder)) == 64
    assert run("judge", str(folder)) == 64

    assert f"run {folder.name} is of format 2, and this version reads up to 1" in (
        capsys.readouterr().err
    )


def test_the_command_line_can_stand_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("PORT", "7"), ("STATE", "s"), ("CONTROL_TOKEN", "secret")):
        monkeypatch.setenv(f"REINSPECT_{name}", value)

    options = cli.parser().parse_args(["serve"])

    assert (options.port, options.state, options.control_token) == (7, "s", "secret")


@pytest.mark.parametrize(
    ("given", "variable", "anywhere"),
    [
        ((), None, False),
        (("--callbacks-anywhere",), None, True),
        ((), "yes", True),
        (("--callbacks-anywhere", "no"), "yes", False),
    ],
)
def test_callbacks_leave_this_host_only_where_the_operator_says_so(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], variable: str | None, anywhere: bool
) -> None:
    served = []
    monkeypatch.setattr("simulator.serve.serve", lambda *_, **named: served.append(named))
    if variable is not None:
        monkeypatch.setenv("REINSPECT_CALLBACKS_ANYWHERE", variable)

    assert run("serve", *given) == 0

    assert [named["callbacks_anywhere"] for named in served] == [anywhere]


@pytest.mark.parametrize(
    ("given", "demo"), [((), True), (("--no-demo",), False), (("--no-demo", "no"), True)]
)
def test_a_demo_sandbox_is_opened_unless_the_operator_leaves_it_out(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], demo: bool
) -> None:
    served = []
    monkeypatch.setattr("simulator.serve.serve", lambda *_, **named: served.append(named))

    assert run("serve", *given) == 0

    assert [named["demo"] for named in served] == [demo]


def test_our_own_failure_exits_70(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(kind: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("scenarios.catalogues.entries", fail)

    assert run("list", "stories") == 70

    assert "a failure of reinspect, not of the platform" in capsys.readouterr().err
