"""The page at `/` tells the truth: its very blocks run as they are pasted, twice and in any
order."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from tests.simulator.forked import start
from tests.simulator.parties import TOKEN, Served
from tests.worlds import Party, in_a_world

BROWSER = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A simulator with its demo sandbox, in a process of its own."""
    running = start(tmp_path_factory.mktemp("state"), demo=True)
    yield running
    running.kill()


def page(at: Served) -> str:
    answer = at.http.get(f"{at.base}/", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return answer.text


def block(text: str, id: str) -> str:
    """What a reader copies."""
    [code] = re.findall(rf'<code id="{id}">(.*?)</code>', text, re.DOTALL)
    return html.unescape(code)


def ran(command: list[str], folder: Path) -> str:
    """What it printed; nothing may stand on the other stream."""
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_block_for_python_declares(demo: Served, tmp_path: Path) -> None:
    program = block(page(demo), "with-python")

    said = [ran([sys.executable, "-c", program], tmp_path) for _ in range(2)]

    assert said[0] == said[1]  # The same key, the same body: the same answer.
    assert re.fullmatch(r"dcl-\d+ accepted aut-\d+\n", said[0])


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("openssl") and shutil.which("bash")),
    reason="the block is for curl, openssl and bash",
)
def test_the_block_for_curl_declares(demo: Served, tmp_path: Path) -> None:
    script = block(page(demo), "with-curl")

    said = [json.loads(ran(["bash", "-c", script], tmp_path)) for _ in range(2)]

    assert said[0] == said[1]
    assert (said[0]["status"], said[0]["recipient"]) == ("accepted", "acquirer-sg")
    assert list(tmp_path.iterdir()) == []  # It works in a folder of its own.


def test_a_program_gets_the_same_as_json(demo: Served) -> None:
    told = demo.http.get(f"{demo.base}/").json()

    sandbox = told["demo"]
    assert sandbox["regulator"] == f"{demo.base}/demo/v1"
    assert sandbox["passcode"] in page(demo)
    assert demo.http.get(sandbox["openapi"]).json()["openapi"].startswith("3.1")
    assert told["control"] == f"{demo.base}/control"


def test_the_demo_listens_to_scenario_headers_and_survives_a_restart(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        running = start(tmp_path, demo=True)
        try:
            headers = {"authorization": f"Bearer {TOKEN}"}
            state = running.http.get(f"{running.base}/control/sandboxes/demo", headers=headers)
            seen.append((state.json()["passcode"], state.json()["scenario_headers"]))
            told = running.http.get(f"{running.base}/").json()["demo"]
            assert told["passcode"] == seen[-1][0]
        finally:
            running.kill()

    assert seen[0] == seen[1]
    assert seen[0][1] is True
    assert ((tmp_path / "demo-passcode").stat().st_mode & 0o077) == 0


class Reading(HTMLParser):
    """What a browser would load, and what a screen reader would miss."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.named_by: list[str] = []
        self.tags: list[str] = []
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.loads += [given[name] or "" for name in ("src", "srcset", "action") if name in given]
        if tag in ("link", "script", "iframe", "object", "img"):
            self.loads.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.named_by += [given["aria-labelledby"] or ""] if "aria-labelledby" in given else []
        self.language = given["lang"] if tag == "html" else self.language


def test_the_page_needs_no_other_host_and_can_be_read_by_everyone(demo: Served) -> None:
    text = page(demo)
    reading = Reading()
    reading.feed(text)

    assert reading.loads == []
    assert not re.search(r"url\(|@import", text)
    assert reading.language == "en"
    assert len(reading.ids) == len(set(reading.ids))
    assert set(reading.named_by) <= set(reading.ids)
    assert reading.tags.count("h1") == reading.tags.count("main") == 1
    assert "@media print" in text


def test_without_a_demo_the_page_tells_no_credentials(tmp_path: Path) -> None:
    """Not even of a sandbox that somebody called so."""

    async def talk(party: Party) -> tuple[httpx.Response, httpx.Response]:
        await party.create("demo")
        return await party.http.get("/", headers=BROWSER), await party.http.get("/")

    shown, told = in_a_world(tmp_path, talk)

    assert "open-sesame" not in shown.text
    assert "PRIVATE KEY" not in shown.text
    assert told.json()["demo"] is None


@pytest.mark.parametrize("host", ["a.example:80", "[::1]:8900", "$(reboot)", "x'y", ""])
def test_an_address_that_is_none_is_not_repeated(host: str, tmp_path: Path) -> None:
    """The page holds programs: what a reader pastes must not come from a header."""

    async def talk(party: Party) -> str:
        answer = await party.http.get("/", headers={"host": host})
        return str(answer.json()["control"])

    said = in_a_world(tmp_path, talk)

    assert said == f"http://{host if host[:1] in ('a', '[') else '127.0.0.1:8900'}/control"
