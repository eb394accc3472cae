"""What the monitoring notices while data leaves, one rule a file; the folder is the list.

A rule refuses nothing. It looks at one feed body as columns, at one closing, at one refused
announcement or at one count of persons, and yields suspicions; each becomes an alert. One body
gives at most one alert for the same rule, transmission and value, however many of its events say
the same.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from simulator import catalogue
from simulator.journal.events.alert import AlertRaised
from simulator.journal.events.transmission import TransmissionClosed
from simulator.messages.transmission import TransmissionRequest
from simulator.regulator.columns import FeedColumns

if TYPE_CHECKING:
    from simulator.regulator.lifecycle.feed import Fed
    from simulator.regulator.lifecycle.mechanism import Demanded
    from simulator.regulator.lifecycle.transmission import Transmission
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a rule noticed: about which transmission and authorization, and what was seen."""

    transmission: str | None
    authorization: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class FeedScene:
    """What a rule may know besides the columns of the body."""

    state: "RegulatorState"
    now: datetime
    transmissions: "Mapping[str, Transmission]"
    """The platform's own transmissions that the body names."""
    refused: Mapping[int, str]
    """Row to code, for the rows that were not taken."""
    before: "Mapping[str, Fed]"
    after: "Mapping[str, Fed]"
    """What was fed before and after this body, for the transmissions that it added to."""

    def suspect(self, transmission: str, detail: str) -> Suspicion:
        """A suspicion about one of the platform's own transmissions."""
        authorization = self.transmissions[transmission].announced.authorization
        return Suspicion(transmission, authorization, detail)


@dataclass(frozen=True, slots=True)
class ClosingScene:
    """One closing beside what was fed."""

    closed: TransmissionClosed
    transmission: "Transmission"
    fed: "Fed"


@dataclass(frozen=True, slots=True)
class AnnouncementScene:
    """An announcement that names no authorization of the platform."""

    state: "RegulatorState"
    platform: str
    request: TransmissionRequest


@dataclass(frozen=True, slots=True)
class CountingScene:
    """A count of persons that made another mechanism due."""

    state: "RegulatorState"
    platform: str
    demanded: "Demanded"


def _nothing(*_: Any) -> tuple[Suspicion, ...]:
    """What a rule notices in the messages that it does not look at."""
    return ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that the monitoring looks for; `text` says what must hold."""

    id: str
    title: str
    clause: str
    text: str
    over_feed: Callable[[FeedColumns, FeedScene], Iterable[Suspicion]] = _nothing
    over_closing: Callable[[ClosingScene], Iterable[Suspicion]] = _nothing
    over_announcement: Callable[[AnnouncementScene], Iterable[Suspicion]] = _nothing
    over_counting: Callable[[CountingScene], Iterable[Suspicion]] = _nothing


@cache
def catalogued() -> dict[str, Rule]:
    """Every rule, by id."""
    return catalogue.entries(sys.modules[__name__], Rule)


def over_feed(platform: str, columns: FeedColumns, scene: FeedScene) -> tuple[AlertRaised, ...]:
    """The alerts of one feed body."""
    found = ((rule, rule.over_feed(columns, scene)) for rule in catalogued().values())
    return _alerts(scene.state, platform, scene.now, found)


def over_closing(
    state: "RegulatorState", transmission: "Transmission", closed: TransmissionClosed, now: datetime
) -> tuple[AlertRaised, ...]:
    """The alerts of one closing."""
    scene = ClosingScene(closed, transmission, state.fed_of(transmission.id))
    found = ((rule, rule.over_closing(scene)) for rule in catalogued().values())
    return _alerts(state, transmission.platform, now, found)


def over_announcement(
    state: "RegulatorState", platform: str, request: TransmissionRequest, now: datetime
) -> tuple[AlertRaised, ...]:
    """The alerts of an announcement that names no authorization of the platform."""
    scene = AnnouncementScene(state, platform, request)
    found = ((rule, rule.over_announcement(scene)) for rule in catalogued().values())
    return _alerts(state, platform, now, found)


def over_counting(
    state: "RegulatorState", platform: str, demanded: "Demanded", now: datetime
) -> tuple[AlertRaised, ...]:
    """The alerts of a count that made another mechanism due."""
    scene = CountingScene(state, platform, demanded)
    found = ((rule, rule.over_counting(scene)) for rule in catalogued().values())
    return _alerts(state, platform, now, found)


def _alerts(
    state: "RegulatorState",
    platform: str,
    now: datetime,
    found: Iterator[tuple[Rule, Iterable[Suspicion]]],
) -> tuple[AlertRaised, ...]:
    ids = state.new_ids("alr")
    return tuple(
        AlertRaised(
            id=next(ids),
            rule=rule.id,
            platform=platform,
            transmission=suspicion.transmission,
            authorization=suspicion.authorization,
            detail=suspicion.detail,
            at=now,
        )
        for rule, suspicions in found
        for suspicion in suspicions
    )
