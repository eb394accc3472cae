"""What the documents say is so: names exist, links arrive, and examples run."""

import inspect
import json
import random
import re
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from dataclasses import fields
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest

from scenarios import catalogues, cli
from scenarios.judge.court import rule_on
from scenarios.judge.verdict import Verdict
from simulator.control.codes import CODES as OF_TESTERS
from simulator.messages.suites import suites
from simulator.reference_platform.steps import HONEST, Steps
from simulator.regulator.columns import FeedColumns
from simulator.regulator.limits import LIMITS
from simulator.regulator.refusal import CODES
from simulator.regulator.rules import FeedScene
from tests.messages.vectors import NOTICE, VECTORS
from tests.regulator.connected import REGISTRATION
from tests.regulator.lawful import NOW, event, sending
from tests.reports.some_runs import account_of, an_honest_run
from tests.simulator.forked import served
from tests.simulator.parties import TOKEN

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
        *(ROOT / "docs").glob("*.md"),
    ]
)
CONNECTING = ROOT / "docs" / "connecting.md"
PREFIXES = "|".join(sorted({id[:3] for id in catalogues.entries("requirements")} | {"RSK", "REC"}))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(params=DOCUMENTS, ids=named)
def document(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def blocks(text: str, *languages: str) -> list[str]:
    """The fenced blocks of these languages."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for language, block in fenced if language in languages]


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors_of(text: str) -> set[str]:
    """The places of a document to which a link can jump."""
    found = set()
    for heading in re.findall(r"^#{1,6} +(.+)$", prose(text), re.MULTILINE):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-"))
    return found


def test_every_link_within_the_repository_arrives(document: Path) -> None:
    for link in re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", prose(text_of(document))):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (document.parent / unquote(place)).resolve() if place else document
        assert target.exists(), f"{named(document)} links to {link}"
        if anchor and target.suffix == ".md":
            assert anchor in anchors_of(text_of(target)), f"{named(document)} links to {link}"


def test_every_requirement_that_is_named_exists(document: Path) -> None:
    """Those that the project does not have yet stand in one list of the README, and only there."""
    text = text_of(document)
    known = set(catalogues.entries("requirements"))
    for id in re.findall(rf"\b(?:{PREFIXES})-\d\d\b", text):
        missing = named(document) == "README.md" and id in missing_requirements()
        example = named(document) == "CONTRIBUTING.md" and id in examples()
        assert id in known or missing or example, f"{named(document)} names {id}"


def missing_requirements() -> set[str]:
    """What the README says is still to come."""
    text = text_of(ROOT / "README.md")
    listed = text.partition("<!-- missing -->")[2].partition("<!-- /missing -->")[0]
    return set(re.findall(rf"\b(?:{PREFIXES})-\d\d\b", listed))


def examples() -> set[str]:
    """Ids of the worked examples in CONTRIBUTING, which add an entry of their own."""
    text = "".join(blocks(text_of(ROOT / "CONTRIBUTING.md"), "python"))
    return set(re.findall(r'\bid="([^"]+)"', text))


def test_what_is_said_to_be_missing_is() -> None:
    assert missing_requirements() != set()
    assert missing_requirements() & set(catalogues.entries("requirements")) == set()


def test_the_readme_counts_what_is_missing_rightly() -> None:
    covered, of = re.findall(r"\b(\d+) of the (\d+) ", text_of(ROOT / "README.md"))[0]

    assert int(covered) + len(missing_requirements()) == int(of)


def test_every_entry_that_a_command_selects_exists(document: Path) -> None:
    """`--story`, `--defect` and their like in any command that a reader may copy."""
    options = {
        "--story": "stories",
        "--defect": "defects",
        "--requirement": "requirements",
    }
    for option, kind in options.items():
        for id in re.findall(rf"{option}[ =]([\w-]+)", text_of(document)):
            known = id in catalogues.entries(kind) or id in examples()
            assert known or id.isupper(), f"{named(document)}: {option} {id}"


def test_every_name_written_as_code_that_looks_like_an_entry_is_one(document: Path) -> None:
    """A word in backticks with underscores is a story, a defect, a fault, a rule, a problem code,
    or a name of the code."""
    known: set[str] = set(CODES) | set(OF_TESTERS) | examples()
    for kind in catalogues.PACKAGES:
        known |= set(catalogues.entries(kind))
    sources = "".join(
        text_of(path)
        for room in ("simulator", "scenarios", "loadtests", "tests")
        for path in sorted((ROOT / room).rglob("*.py"))
        if path != Path(__file__)
    )
    for name in re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", text_of(document)):
        assert name in known or re.search(rf"\b{name}\b", sources), f"{named(document)}: {name}"


def test_every_make_target_that_is_named_exists(document: Path) -> None:
    makefile = text_of(ROOT / "Makefile")
    for target in re.findall(r"\bmake ([a-z]+)\b(?=[\s,.;)])", "".join(code_of(document))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{named(document)}: {target}"


def code_of(document: Path) -> list[str]:
    """Everything that is set as code: blocks, and words in backticks."""
    text = text_of(document)
    spans = re.findall(r"`([^`\n]+)`", prose(text))
    return [f"{code}\n" for code in (*blocks(text, "console", "text", ""), *spans)]


def test_every_command_that_is_named_exists(document: Path) -> None:
    """With every option that stands beside it."""
    for line in "".join(code_of(document)).splitlines():
        found = re.match(r"(?:\$ )?(?:\.venv/bin/)?reinspect ([a-z-]+)\b(.*)", line)
        if found is None or found[1] == "serves":  # It says so itself when it listens.
            continue
        help = help_of(found[1])
        for option in re.findall(r"(?<!\S)--[a-z-]+", found[2].partition("#")[0]):
            assert option in help, f"{named(document)}: {line}"


def help_of(command: str) -> str:
    """The help of one command; fails if there is no such command."""
    with pytest.raises(SystemExit) as ended, redirect_stdout(StringIO()) as shown:
        cli.main([command, "--help"])
    assert ended.value.code == 0, f"there is no command reinspect {command}"
    return shown.getvalue()


def test_the_table_of_problem_codes_is_the_regulators_own() -> None:
    between = text_of(CONNECTING).partition("<!-- problem codes: begin -->\n")[2]
    table = between.partition("<!-- problem codes: end -->")[0]
    rows = [
        tuple(cell.strip(" `") for cell in line.split("|")[1:-1]) for line in table.splitlines()
    ]

    assert rows[2:] == [
        (code, str(told.status), told.title, told.clause or "") for code, told in CODES.items()
    ]


def test_the_table_of_control_codes_is_that_of_the_control_door() -> None:
    between = text_of(ROOT / "docs" / "control.md").partition("<!-- control codes: begin -->\n")[2]
    table = between.partition("<!-- control codes: end -->")[0]
    rows = [
        tuple(cell.strip(" `") for cell in line.split("|")[1:-1]) for line in table.splitlines()
    ]

    assert rows[2:] == [(code, str(told.status), told.title) for code, told in OF_TESTERS.items()]


def test_every_test_that_the_security_page_names_is_there() -> None:
    """And every item of the OWASP API Security Top 10 has at least one."""
    text = text_of(ROOT / "docs" / "security.md")
    _, *items = re.split(r"^## (?=API\d+:)", text.partition("\n## What is left\n")[0], flags=re.M)

    assert [item.partition(":")[0] for item in items] == [f"API{number}" for number in range(1, 11)]
    for item in items:
        named_tests = re.findall(r"^- `(tests/[\w/]+\.py)::(test_\w+)`", item, re.MULTILINE)
        assert named_tests, item.partition("\n")[0]
        for path, name in named_tests:
            assert f"def {name}(" in text_of(ROOT / path), f"{path}::{name}"


def test_the_table_of_limits_is_the_regulators_own() -> None:
    section = text_of(CONNECTING).partition("\n## Limits\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+) \| ([\d,]+) (\w+) \| (?:`(\w+)`|.+) \|$", section, re.MULTILINE)

    assert rows == [(one.title, f"{one.value:,}", one.unit, one.code) for one in LIMITS]


def test_the_table_of_faults_names_every_fault_and_where_it_strikes() -> None:
    section = text_of(CONNECTING).partition("\n## Faults\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \| ([\w, ]+) \|", section, re.MULTILINE)
    faults = catalogues.entries("faults")

    assert sorted(rows) == [
        (id, ", ".join(fault.scopes), ", ".join(fault.moments)) for id, fault in faults.items()
    ]


def test_the_signature_vectors_are_those_that_the_tests_hold() -> None:
    vectors = text_of(ROOT / "tests" / "messages" / "test_signature.py")
    squeezed = re.sub(r"[\s'\"()]", "", vectors)
    for block in blocks(text_of(CONNECTING), "text"):
        for line in block.splitlines():
            name, _, value = line.partition(": ")
            assert re.sub(r"[\s'\"()]", "", value) in squeezed, name


def test_the_published_vectors_are_those_that_the_tests_hold() -> None:
    published = blocks(text_of(ROOT / "docs" / "signatures.md"), "text")
    keys = "".join(f"{suite.id}: {suite.example_public_key}\n" for suite in suites().values())

    held = [block for each in VECTORS for block in (each.base, "\n".join(each.headers))]
    assert published == [keys, f"{NOTICE}\n", *(f"{block}\n" for block in held)]


def test_the_program_that_connects_a_platform_runs(tmp_path: Path) -> None:
    """The very block of the document, against a served simulator."""
    [program] = blocks(text_of(CONNECTING), "python")
    with served(tmp_path / "state") as simulator:
        opened = simulator.http.post(
            f"{simulator.base}/control/sandboxes",
            json={"id": "main", "passcode": "open sesame"},
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert opened.status_code == 201, opened.text
        ran = subprocess.run(
            [sys.executable, "-c", program.replace("http://127.0.0.1:8900", simulator.base)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert (ran.stdout, ran.stderr) == ("trm-1 closed traced to pay-1\n", "")


def test_the_bodies_of_the_curl_commands_are_taken(tmp_path: Path) -> None:
    commands = re.findall(
        r"-X (\w+) http://127\.0\.0\.1:8900(\S+).*?-d '([^']+)'", text_of(CONNECTING), re.DOTALL
    )
    assert len(commands) == 2
    with served(tmp_path / "state") as simulator:
        for method, path, body in commands:
            answer = simulator.http.request(
                method,
                simulator.base + path,
                json=json.loads(body),
                headers={"Authorization": f"Bearer {TOKEN}"},
            )
            assert answer.is_success, answer.text


def test_the_commands_for_testers_are_taken_one_after_the_other(tmp_path: Path) -> None:
    commands = re.findall(
        r"-X (\w+) http://127\.0\.0\.1:8900(\S+).*?-d '([^']+)'",
        text_of(ROOT / "docs" / "control.md"),
        re.DOTALL,
    )
    assert len(commands) == 5
    with served(tmp_path / "state") as simulator:
        token = {"Authorization": f"Bearer {TOKEN}"}
        opened = {"id": "main", "passcode": REGISTRATION["passcode"]}
        simulator.http.post(f"{simulator.base}/control/sandboxes", json=opened, headers=token)
        registrations = f"{simulator.base}/main/v1/registrations"
        assert simulator.http.post(registrations, json=REGISTRATION).status_code == 201
        for method, path, body in commands:
            answer = simulator.http.request(
                method, simulator.base + path, json=json.loads(body), headers=token
            )
            assert answer.is_success, answer.text


def test_every_dependency_has_its_reason() -> None:
    """In the two tables of the decisions, beside its licence; and none is there that has gone."""
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    declared = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["load"],
        *project["dependency-groups"]["dev"],
    ]
    names = {re.split(r"[=<>~!]", each, maxsplit=1)[0] for each in declared}
    section = text_of(ROOT / "docs" / "decisions.md").partition("\n## Dependencies\n")[2]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| ")]
    told = {name.strip() for row in rows for name in row[0].split(",")} - {"package"}

    assert told == names
    assert all(len(row) == 3 and all(cell.strip() for cell in row) for row in rows)


EXAMPLES = dict(
    block.split("\n", 1)
    for block in blocks(text_of(ROOT / "CONTRIBUTING.md"), "python")
    if block.startswith("# ")
)
"""The worked examples of CONTRIBUTING: the comment that names the file, and the file."""


def kind_of(path: str) -> str:
    """The list that a file belongs to by its folder."""
    package = ".".join(Path(path).parent.parts)
    return {where: kind for kind, (where, _) in catalogues.PACKAGES.items()}[package]


def entry_in(path: str, source: str) -> Any:
    """The one entry of an example, found as the catalogue would find it."""
    module = ModuleType(Path(path).stem)
    exec(compile(source, f"<{path}>", "exec"), vars(module))
    package, class_name = catalogues.PACKAGES[kind_of(path)]
    entry_class = getattr(import_module(package), class_name)
    [entry] = [value for value in vars(module).values() if isinstance(value, entry_class)]
    assert (module.__doc__ or "").strip()
    return entry


def try_requirement(entry: Any) -> None:
    assert rule_on(entry, [entry.acquits[0]] * entry.at_least).verdict is Verdict.PASS
    for guilty in entry.convicts:
        assert rule_on(entry, [guilty]).verdict is Verdict.FAIL


def try_story(entry: Any) -> None:
    assert inspect.iscoroutinefunction(entry.play)


def try_rule(entry: Any) -> None:
    state = sending()
    scene = FeedScene(state, NOW, dict(state.transmissions), {}, {}, {})
    usual, large = event("progressed", 1), event("progressed", 2, bytes=10**9)
    assert list(entry.over_feed(FeedColumns.of([(1, usual)]), scene)) == []
    assert [s.transmission for s in entry.over_feed(FeedColumns.of([(1, large)]), scene)] == [
        "trm-1"
    ]


def try_fault(entry: Any) -> None:
    assert entry.strike(entry.parameters(), random.Random(1)).status == 307


def try_defect(entry: Any) -> None:
    assert entry.meant_for in catalogues.entries("requirements")
    wrong = entry.apply(HONEST)
    changed = [
        field.name
        for field in fields(Steps)
        if getattr(wrong, field.name) is not getattr(HONEST, field.name)
    ]
    assert changed == [entry.step]


def try_report(entry: Any) -> None:
    account = account_of(an_honest_run())
    lines = entry.render(account).decode().splitlines()
    assert len(lines) == 1 + len(account.judgement.rulings)


TRIALS = {
    "requirements": try_requirement,
    "stories": try_story,
    "rules": try_rule,
    "faults": try_fault,
    "defects": try_defect,
    "reports": try_report,
}


def test_there_is_a_worked_example_of_every_kind_of_entry() -> None:
    assert {kind_of(heading.removeprefix("# ")) for heading in EXAMPLES} == set(TRIALS)


@pytest.mark.parametrize("heading", EXAMPLES)
def test_a_worked_example_is_a_whole_file_that_works(heading: str) -> None:
    path = heading.removeprefix("# ")
    entry = entry_in(path, EXAMPLES[heading])

    assert not (ROOT / path).exists()
    assert entry.id.lower().replace("-", "_") == Path(path).stem
    assert entry.id not in catalogues.entries(kind_of(path))
    TRIALS[kind_of(path)](entry)
