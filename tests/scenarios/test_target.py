"""A target file is read whole: what is right becomes a target, all that is wrong is told."""

from pathlib import Path

import pytest

from scenarios.target import (
    Action,
    Answers,
    Capabilities,
    PlatformAddress,
    Poll,
    Recipient,
    RecipientReply,
    SimulatorAddress,
    TargetUnreadable,
    load,
)
from scenarios.target_template import target_text, write_template
from simulator.law.limits import Limits

SMALLEST = """
schema = 1
[platform]
name = "smallest"
[simulator]
listen = "127.0.0.1:8900"
passcode = "open"
[payment]
url = "http://127.0.0.1:8901/pay"
[payment.body]
id = "{payment.id}"
[payment.answer]
[[recipients]]
id = "acquirer-sg"
country = "SG"
[unlisted]
recipient = "elsewhere"
country = "LA"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "target.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(TargetUnreadable) as caught:
        load(written(folder, text))
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_smallest_target_takes_every_default(tmp_path: Path) -> None:
    target = load(written(tmp_path, SMALLEST))

    assert target.platform == PlatformAddress("smallest", None)
    assert target.simulator == SimulatorAddress(
        host="127.0.0.1",
        port=8900,
        public_url="http://127.0.0.1:8900",
        sandbox="main",
        passcode="open",
        state=tmp_path / ".state/simulator",
    )
    assert target.payment.method == "POST"
    assert target.payment.form == "json"
    assert target.payment.answer == Answers(
        accepted=(200, 201, 202),
        refused=(400, 403, 409, 422),
        pointer=None,
        accepted_values=(),
        refused_values=(),
        id=None,
    )
    assert target.payment.poll is None
    assert target.recipients == (Recipient("acquirer-sg", "SG"),)
    assert target.unlisted == Recipient("elsewhere", "LA")
    assert target.reply == RecipientReply(200, '{"status":"received"}', "application/json")
    assert target.limits == Limits()
    assert target.capabilities == Capabilities(domestic=True, clock=False)
    assert target.actions == {}


def test_the_file_that_init_writes_is_a_target(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    write_template(path)

    target = load(path)

    assert target.payment.poll == Poll(
        url="http://127.0.0.1:8901/payments/{platform_payment}",
        pointer="/status",
        settled=("settled",),
        refused=("refused",),
    )
    assert target.limits == Limits(stop_s=0.7, revocation_s=0.7)
    assert sorted(target.actions) == ["query_person", "rectify", "restart"]
    assert target.actions["restart"].how == "prompt"


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "precious")

    with pytest.raises(FileExistsError):
        write_template(path)

    assert path.read_text() == "precious"


def test_the_target_of_the_reference_platform_restarts_it_by_command(tmp_path: Path) -> None:
    text = target_text(
        name='the "reference"',
        platform="http://127.0.0.1:4321",
        listen="127.0.0.1:1234",
        passcode='quote " and \\ backslash',
        state="state",
        restart=("sh", "-c", 'kill "$1"'),
    )

    target = load(written(tmp_path, text))

    assert target.platform.name == 'the "reference"'
    assert target.simulator.passcode == 'quote " and \\ backslash'
    assert target.actions["restart"] == Action("restart", command=("sh", "-c", 'kill "$1"'))


def test_every_mistake_is_told_at_once_with_field_value_and_remedy(tmp_path: Path) -> None:
    text = (
        SMALLEST.replace("schema = 1", "schema = 2")
        .replace('listen = "127.0.0.1:8900"', 'listen = "8900"')
        .replace('passcode = "open"', "")
        .replace("http://127.0.0.1:8901/pay", "127.0.0.1/pay")
        .replace("{payment.id}", "{payment.idd}")
        .replace('country = "SG"', 'country = "sg"')
    )

    assert mistakes(tmp_path, text) == [
        "schema is 2: this version reads schema 1; write schema = 1, or use a newer reinspect",
        "recipients[0].country is 'sg': write the country's two capital letters, such as SG",
        "simulator.listen is '8900': write host and port, such as 127.0.0.1:8900",
        "simulator.passcode is missing: give the passcode that the platform registers with",
        "payment.url is '127.0.0.1/pay': give a whole address such as "
        "http://127.0.0.1:8901/payments",
        "payment.body is '{payment.idd}': no such placeholder; "
        "did you mean 'payment.id' or 'payer.id' or 'payment.note'?",
    ]


def test_an_unknown_field_is_told_with_the_nearest_right_one(tmp_path: Path) -> None:
    text = SMALLEST.replace("[payment.answer]", "[payment.answer]\nacepted = [200]")

    assert mistakes(tmp_path, text) == [
        "payment.answer.acepted is [200]: no such field; did you mean 'accepted'"
        " or 'accepted_values'?"
    ]


def test_a_limit_can_only_be_tightened(tmp_path: Path) -> None:
    assert mistakes(tmp_path, SMALLEST + "[limits]\nstop_s = 60\nrevocation_s = 2\n") == [
        "limits.stop_s is 60.0: a target may only tighten the profile's limit of 5"
    ]


@pytest.mark.parametrize("endless", ["nan", "inf", "-inf"])
def test_a_limit_is_a_number_that_can_be_passed(tmp_path: Path, endless: str) -> None:
    [mistake] = mistakes(tmp_path, SMALLEST + f"[limits]\nstop_s = {endless}\n")

    assert mistake == f"limits.stop_s is {endless}: write a number greater than 0, without quotes"


def test_an_action_is_known_and_done_in_exactly_one_way(tmp_path: Path) -> None:
    text = SMALLEST + (
        '[actions.restrat]\nprompt = "do it"\n'
        '[actions.restart]\nprompt = "do it"\ncommand = ["true"]\n'
        "[actions.rectify]\n"
    )

    assert mistakes(tmp_path, text) == [
        "actions.restart.url is ['command', 'prompt']: say how in exactly one way: "
        "url, command or prompt",
        "actions.rectify.url is []: say how in exactly one way: url, command or prompt",
        "actions.restrat is 'restrat': no story takes such an action; did you mean 'restart'?",
    ]


def test_the_unlisted_recipient_cannot_be_a_listed_one(tmp_path: Path) -> None:
    text = SMALLEST.replace('recipient = "elsewhere"', 'recipient = "acquirer-sg"')

    assert mistakes(tmp_path, text) == [
        "unlisted is 'acquirer-sg': name a recipient that is not among [[recipients]]"
    ]


def test_a_poll_by_the_platforms_id_needs_to_know_where_that_id_stands(tmp_path: Path) -> None:
    poll = (
        '[payment.poll]\nurl = "http://127.0.0.1:8901/{platform_payment}"\npointer = "/status"\n'
        'settled = ["done"]\nrefused = ["no"]\n'
    )

    assert mistakes(tmp_path, SMALLEST + poll) == [
        "payment.answer.id is None: point to the platform's payment id, since poll.url needs it"
    ]


def test_a_file_that_is_not_toml_is_a_mistake_of_the_file(tmp_path: Path) -> None:
    [mistake] = mistakes(tmp_path, "this is = = not toml")

    assert mistake.startswith(f"file is '{tmp_path / 'target.toml'}': it is not TOML (")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TargetUnreadable, match="No such file or directory"):
        load(tmp_path / "nowhere.toml")


def test_a_need_that_the_target_does_not_meet_is_told_in_words(tmp_path: Path) -> None:
    target = load(written(tmp_path, SMALLEST))

    assert target.lacks("action:restart") == "the target offers no action 'restart'"
    assert target.lacks("clock") == "the target renounces the capability 'clock'"
    assert target.lacks("domestic") is None


def test_who_asks_an_operator_needs_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = load(written(tmp_path, SMALLEST + '[actions.restart]\nprompt = "Restart it."\n'))

    monkeypatch.setattr("scenarios.target.is_operator_there", lambda: True)
    assert target.lacks("action:restart") is None

    monkeypatch.setattr("scenarios.target.is_operator_there", lambda: False)
    assert "there is none at a terminal" in (target.lacks("action:restart") or "")
