"""The platform against the true regulator's adversary: what is forged it refuses, what is true it
obeys, and an answer in an unusual form is an answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.clock import wall_now
from simulator.journal.events.regulator_key import RegulatorKeyAnnounced
from simulator.reference_platform import app as platform_app
from simulator.reference_platform.platform import Platform, Settings
from simulator.regulator import app as regulator_app
from simulator.regulator.lifecycle import order, regulator_key
from tests.regulator.added import private_key, public_of
from tests.regulator.connected import HOST, PASSCODE, Connected, connected

CALLBACK = "http://127.0.0.1:9000/notices"
PATIENCE_S = 120
"""Guards only against waiting for ever."""


@asynccontextmanager
async def running(regulator: Connected, state: Path) -> AsyncIterator[Platform]:
    """The platform as an application, and the regulator's notices brought to it."""
    settings = Settings(
        regulator=f"{HOST}/demo/v1",
        recipient=f"{HOST}/demo/recipients",
        passcode=PASSCODE,
        state=state,
        callback_url=CALLBACK,
    )
    state.mkdir()
    door = httpx.ASGITransport(regulator_app.build({"demo": regulator.office}.get))
    app = platform_app.build(settings, transport=door)
    courier = regulator.office.courier
    courier._backoff_s = 0.0
    courier._messenger._http = httpx.AsyncClient(transport=httpx.ASGITransport(app))
    async with app.router.lifespan_context(app):
        yield app.state.platform


async def until(happened: Callable[[], bool]) -> None:
    """Lets everybody go on until something has happened."""
    async with asyncio.timeout(PATIENCE_S):
        while not happened():
            await asyncio.to_thread(int)


def told(folder: Path, story: Callable[[Connected, Platform], Awaitable[Any]], *faults: str) -> Any:
    """What a story tells of a platform that is ready, with `faults` armed before it connects."""
    with connected(folder) as regulator:
        regulator.wall.now = wall_now()  # The platform knows no other clock.
        for fault in faults:
            regulator.sandbox.faults.arm(fault, scope="regulator")

        async def run() -> Any:
            async with running(regulator, folder / "platform") as platform:
                await until(lambda: platform.connection.is_ready)
                return await story(regulator, platform)

        return regulator.runner.run(run())


@pytest.mark.parametrize(
    ("fault", "parameters"),
    [
        ("notice_stale", {}),
        ("notice_wrong_key", {}),
        ("notice_altered", {}),
        ("notice_altered", {"with_digest": True}),
    ],
)
def test_a_forged_notice_is_refused_and_the_true_one_obeyed(
    fault: str, parameters: dict[str, Any], tmp_path: Path
) -> None:
    async def story(regulator: Connected, platform: Platform) -> Any:
        office = regulator.office
        regulator.sandbox.faults.arm(fault, scope="notices", times=1, parameters=parameters)
        stopped = order.stop(office.state, "reg-1", None, "", regulator.sandbox.clock.now())
        assert isinstance(stopped, tuple)
        await office.decide("tester", "stop", stopped)
        await office.courier.settled()
        made = office.courier.log.of("ntc-1")
        log = [(one.status, one.fault, one.forged) for one in made]
        return platform.notices.orders.stopped, log

    stopped, made = told(tmp_path, story)

    assert stopped == {"*"}
    assert made[0] == (401, "flt-1", True)
    assert set(made[1:]) <= {(200, None, False)}  # None, where polling was faster than the retry.


def test_a_platform_connects_through_unusual_answers_alone(tmp_path: Path) -> None:
    async def story(regulator: Connected, platform: Platform) -> Any:
        state = regulator.office.state
        return len(state.declarations), platform.connection.is_ready

    assert told(tmp_path, story, "unusual_answer") == (2, True)


def rekey(regulator: Connected, public_key: str | None = None) -> Any:
    """The regulator announces its next key, as true or forged, and signs with it at once."""
    office, now = regulator.office, regulator.sandbox.clock.now()
    events = regulator_key.announce(
        office.state, regulator.sandbox.regulator_public_key, office.sign, 0.0, now
    )
    assert isinstance(events, tuple)
    if public_key is not None:
        assert isinstance(events[0], RegulatorKeyAnnounced)
        events = (replace(events[0], public_key=public_key), *events[1:])
    return office.decide("tester", "regulator key", events)


def test_the_regulators_new_key_is_believed_because_the_former_one_vouches_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.reference_platform.connection.POLL_S", 600.0)  # Callbacks alone.

    async def story(regulator: Connected, platform: Platform) -> list[Any]:
        office = regulator.office
        for _ in range(2):
            await rekey(regulator)
        stop = order.stop(office.state, "reg-1", None, "", regulator.sandbox.clock.now())
        assert isinstance(stop, tuple)
        await office.decide("tester", "stop", stop)
        await office.courier.settled()
        made = [one.status for id in office.state.notices for one in office.courier.log.of(id)]
        await platform.authorizations.read()
        held = len(platform.authorizations._held)
        return [platform.notices.orders.stopped, made, platform.home.fact("regulator_keys"), held]

    stopped, made, keys, held = told(tmp_path, story)

    assert stopped == {"*"}
    assert made == [200] * len(made) != []
    assert list(keys) == ["regulator", "regulator-2", "regulator-3"]
    assert held == 2  # What the first key signed is still believed.


def test_a_key_for_which_nobody_vouches_is_not_believed(tmp_path: Path) -> None:
    async def story(regulator: Connected, platform: Platform) -> list[Any]:
        await rekey(regulator, public_key=public_of(private_key(b"f")))
        await platform.regulator_keys.read()
        return list(platform.home.fact("regulator_keys"))

    assert told(tmp_path, story) == ["regulator"]
