"""Everything that must stand before the clock of a step starts: parties up, sandbox at its
beginning, platform authorized, one payment accepted.
"""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from loadtests import target
from loadtests.account import Asked
from loadtests.assignment import Load
from loadtests.merchants import asked
from loadtests.outgoing import Answer
from loadtests.processes import running
from loadtests.registered import Standing
from loadtests.target import Target
from loadtests.world import CLI, NotReady, World, simulator
from scenarios.traffic import Payment
from simulator.clock import wall_now

CONNECT_S = 5.0
FEED_PASSCODE = "load-passcode"
TEMPLATE_NAME = '"my platform"'
TEMPLATE_PLATFORM = "127.0.0.1:8901"
TEMPLATE_SIMULATOR = "127.0.0.1:8900"
"""What the target file that `reinspect init` writes says of its parties."""


Opening = AbstractContextManager["Scene"]


@dataclass(frozen=True, slots=True)
class Scene:
    """A running simulator and a running platform."""

    world: World
    target: Target
    processes: dict[str, int]
    """Process ids of the parties that the load has started."""


@contextmanager
def of_target(path: Path, folder: Path, seed: int) -> Iterator[Scene]:
    """The platform of a target file, which runs already, and the simulator that it was told of."""
    platform = target.read(path)
    address = platform.simulator
    with simulator(
        state=address.state, logs=folder / "logs", host=address.host, port=address.port
    ) as world:
        world.open(address.sandbox, passcode=address.passcode, seed=seed)
        try:
            yield Scene(world, platform, {"simulator": world.party.id})
        finally:
            with suppress(NotReady):  # What was measured counts, even if the simulator is gone.
                world.delete(feed_sandbox(platform))


@contextmanager
def of_reference(folder: Path, seed: int, defect: str | None = None) -> Iterator[Scene]:
    """The reference platform, described by a target file as any other; its state does not stay."""
    logs, state = folder / "logs", folder / "state"
    template = folder / "target.toml"
    init = [sys.executable, "-m", CLI, "init", str(template)]
    subprocess.run(init, check=True, stdout=subprocess.DEVNULL)
    address = target.read(template).simulator
    try:
        with simulator(state=state / "simulator", logs=logs) as world:
            world.open(address.sandbox, passcode=address.passcode, seed=seed)
            arguments = ["reference-platform", "--port", "0", "--passcode", address.passcode]
            arguments += ["--regulator", world.regulator(address.sandbox)]
            arguments += ["--recipient", world.recipients(address.sandbox)]
            arguments += ["--state", str(state / "platform")]
            arguments += ["--defect", defect] if defect else []
            with running("platform", CLI, arguments, logs=logs) as party:
                url = party.wait_until_said(r"listening on (https?://\S+)")
                party.wait_until_it_answers(f"{url}/healthz")
                _rewrite(template, platform=url, simulator_url=world.url)
                processes = {"simulator": world.party.id, "platform": party.id}
                yield Scene(world, target.read(template), processes)
    finally:
        shutil.rmtree(state, ignore_errors=True)


def _rewrite(template: Path, *, platform: str, simulator_url: str) -> None:
    """Puts the addresses of this load in the place of the template's."""
    text = template.read_text(encoding="utf-8")
    for old, new in (
        (TEMPLATE_NAME, '"the reference platform"'),
        (TEMPLATE_PLATFORM, platform.removeprefix("http://")),
        (TEMPLATE_SIMULATOR, simulator_url.removeprefix("http://")),
    ):
        assert old in text, f"`reinspect init` no longer writes {old}"
        text = text.replace(old, new)
    template.write_text(text, encoding="utf-8")


def feed_sandbox(platform: Target) -> str:
    """The sandbox of the registered platform that feeds, apart from the platform under test."""
    return f"{platform.simulator.sandbox[:58]}-feed"


def set_up(scene: Scene, load: Load) -> Standing | None:
    """The sandbox at its beginning and the platform connected to it; what the registered platform
    that feeds directly holds, where there is one. NotReady where nobody is to be loaded."""
    world, platform = scene.world, scene.target
    where = unreachable(platform)
    if where is not None:
        raise NotReady(f"the platform does not answer at {where}; see its log")
    address = platform.simulator
    world.open(address.sandbox, passcode=address.passcode, seed=load.seed)
    if platform.reply:
        for recipient in platform.recipients:
            world.reply(address.sandbox, recipient.id, platform.reply)
    world.wait_until_ready(address.sandbox, platform)
    if not load.feed_rate:
        return None
    feeding = feed_sandbox(platform)
    world.open_anew(feeding, passcode=FEED_PASSCODE, seed=load.seed)
    return world.connect(feeding, passcode=FEED_PASSCODE, seed=load.seed)


def probe(platform: Target, payment: Payment) -> tuple[Asked, str | None]:
    """One payment before the load: the merchant's account of it, and why the platform cannot be
    loaded now, or `None` if it can."""
    request = platform.checkout.request(payment)
    sent_at = wall_now()
    try:
        answered = httpx.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.body,
            timeout=10.0,
            trust_env=False,
            verify=platform.checkout.trusted,
        )
        answer = Answer(answered.status_code, answered.content)
    except httpx.HTTPError as error:
        answer = Answer(0, error=repr(error))
    account = asked(platform.checkout, 0, answer, sent_at)
    wrong = platform.checkout.wrong(answer)
    if wrong is None:
        return account, None
    return account, f"the probe payment was not accepted ({wrong}): {account.answer[:500]}"


def unreachable(platform: Target) -> str | None:
    """The address of the platform if nobody listens there any more; otherwise `None`."""
    parts = urlsplit(platform.checkout.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), CONNECT_S).close()
    except OSError:
        return f"{parts.hostname}:{port}"
    return None
