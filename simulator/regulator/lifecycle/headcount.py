"""The count of persons whose data leaves: each once, whatever the message, recipient or day.

The thresholds speak of natural persons, de-duplicated (declaration form: "by natural person,
de-duplicated"; Order 13 art. 4 and Order 20: no splitting of quantities). The platform tells each
person as a token of a key that stays at home, and the regulator keeps, for each year in China, in
which ways the person's data left. A count is then read off sixteen numbers, however many persons
there are.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.journal.events import Event
from simulator.journal.events.headcount import HandlerDescribed, PersonsCounted
from simulator.law.working_days import china_date
from simulator.messages.headcount import HandlerRequest, HeadcountRequest
from simulator.regulator.keeping import Keeping
from simulator.regulator.lifecycle.registration import must_be_active
from simulator.regulator.refusal import Refusal

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

Marks = dict[bytes, int]
"""Persons of one year by token, each with its marks."""

TOKEN_BYTES = 16
ORDINARY, SENSITIVE, EXEMPT_ORDINARY, EXEMPT_SENSITIVE = 1, 2, 4, 8
"""Marks: in which ways a person's data left. One person may have all of them."""
_EVERY_MARK = ORDINARY | SENSITIVE | EXEMPT_ORDINARY | EXEMPT_SENSITIVE


@dataclass(frozen=True, slots=True)
class Tally:
    """How many persons have exactly these marks, for each set of marks; the first is not used."""

    by_marks: tuple[int, ...] = (0,) * (_EVERY_MARK + 1)

    def with_any(self, marks: int) -> int:
        """Persons with at least one of `marks`."""
        return sum(many for held, many in enumerate(self.by_marks) if held & marks)

    def persons(self, *, exempted_count: bool) -> int:
        """Everyone, with those whose data left only under an exemption or without them."""
        return self.with_any(_EVERY_MARK if exempted_count else ORDINARY | SENSITIVE)

    def sensitive(self, *, exempted_count: bool) -> int:
        """Those of whom sensitive information left. Reading: such a person is counted here and not
        among the others, even where ordinary information left beside it (Order 16 art. 7(2) counts
        persons "not counting sensitive" information)."""
        return self.with_any(SENSITIVE | EXEMPT_SENSITIVE if exempted_count else SENSITIVE)

    @property
    def exempted(self) -> int:
        """Those whose data left under an exemption and in no other way."""
        return sum(
            many
            for held, many in enumerate(self.by_marks)
            if held and not held & (ORDINARY | SENSITIVE)
        )


@dataclass(frozen=True, slots=True)
class Tallies:
    """One year's persons, and those of the year and the one before together."""

    of_year: Tally = Tally()
    of_both: Tally = Tally()


def describe(
    state: "RegulatorState", platform: str, request: HandlerRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The platform says what it is; it may say so again when that changes."""
    inactive = must_be_active(state, platform)
    if inactive is not None:
        return inactive
    return (
        HandlerDescribed(
            platform=platform,
            handled_persons=request.handled_persons,
            critical_operator=request.critical_operator,
            important_data=request.important_data,
            at=now,
        ),
    )


def count(
    state: "RegulatorState", platform: str, request: HeadcountRequest, now: datetime
) -> tuple[PersonsCounted, ...] | Refusal:
    """Takes whom the regulator does not know yet in this way; nothing where it knows everyone."""
    inactive = must_be_active(state, platform)
    if inactive is not None:
        return inactive
    year = china_date(now).year
    held = state.persons.get((platform, year), {})
    ordinary, sensitive = _marks_of(request.exempt)
    counted = PersonsCounted(
        platform=platform,
        year=year,
        recipient=request.recipient,
        ordinary=_packed(_unmarked(held, request.ordinary, ordinary)),
        sensitive=_packed(_unmarked(held, request.sensitive, sensitive)),
        exempt=request.exempt,
        at=now,
    )
    return (counted,) if counted.ordinary or counted.sensitive else ()


def new_in_window(
    state: "RegulatorState", platform: str, request: HeadcountRequest, now: datetime
) -> tuple[int, int]:
    """Persons of the message whom the window does not know, and those whom it does."""
    today = china_date(now)
    years = range(state.law_at(now).counted_since(today).year, today.year + 1)
    told = set(map(bytes.fromhex, (*request.ordinary, *request.sensitive)))
    new = told
    for year in years:
        new = new.difference(state.persons.get((platform, year), {}))
    return len(new), len(told) - len(new)


def tally(
    state: "RegulatorState", platform: str, now: datetime, tallies: Tallies | None = None
) -> Tally:
    """Who counts now, or would by other `tallies` of this year: the persons since the first day of
    the window of the law in force.

    Every window begins on a 1 January (Order 11 art. 4: of the previous year; Order 16 art. 7-8: of
    the current one), so that two years are all that is ever asked for.
    """
    today = china_date(now)
    since = state.law_at(now).counted_since(today)
    tallies = tallies or tallies_of(state, platform, today.year)
    return tallies.of_year if since.year == today.year else tallies.of_both


def tallies_of(state: "RegulatorState", platform: str, year: int) -> Tallies:
    """Those of the year; before its first person, both years have those of the former."""
    held = state.tallies.get((platform, year))
    if held is not None:
        return held
    former = state.tallies.get((platform, year - 1), Tallies())
    return Tallies(of_both=former.of_year)


def mark(year: Marks, former: Marks, tallies: Tallies, event: PersonsCounted) -> Tallies:
    """Marks the event's persons in `year`, in place, and tells the tallies after that."""
    changed, after = _marked(year, former, tallies, event)
    year.update(changed)
    return after


def tallies_after(state: "RegulatorState", event: PersonsCounted) -> Tallies:
    """The tallies of the event's year as it will leave them."""
    platform, year = event.platform, event.year
    return _marked(
        state.persons.get((platform, year), {}),
        state.persons.get((platform, year - 1), {}),
        tallies_of(state, platform, year),
        event,
    )[1]


def _marked(
    year: Marks, former: Marks, tallies: Tallies, event: PersonsCounted
) -> tuple[Marks, Tallies]:
    """The marks that change, and the tallies after that."""
    changed: Marks = {}
    of_year, of_both = list(tallies.of_year.by_marks), list(tallies.of_both.by_marks)
    ordinary, sensitive = _marks_of(event.exempt)
    for packed, added in ((event.ordinary, ordinary), (event.sensitive, sensitive)):
        for token in _unpacked(packed):
            before = changed.get(token) or year.get(token, 0)
            after = before | added
            if after == before:
                continue
            changed[token] = after
            of_year[before] -= 1
            of_year[after] += 1
            earlier = former.get(token, 0)
            of_both[earlier | before] -= 1
            of_both[earlier | after] += 1
    of_year[0] = of_both[0] = 0
    return changed, Tallies(Tally(tuple(of_year)), Tally(tuple(of_both)))


def _marks_of(exempt: bool) -> tuple[int, int]:
    return (EXEMPT_ORDINARY, EXEMPT_SENSITIVE) if exempt else (ORDINARY, SENSITIVE)


def _unmarked(held: Marks, tokens: Iterable[str], mark: int) -> Iterator[bytes]:
    """The tokens without the mark, each once, in the order in which they were told."""
    for token in dict.fromkeys(map(bytes.fromhex, tokens)):
        if not held.get(token, 0) & mark:
            yield token


def _packed(tokens: Iterable[bytes]) -> str:
    return b64encode(b"".join(tokens)).decode()


def _unpacked(packed: str) -> Iterator[bytes]:
    whole = b64decode(packed)
    for start in range(0, len(whole), TOKEN_BYTES):
        yield whole[start : start + TOKEN_BYTES]


def _keep_handler(state: "RegulatorState", event: HandlerDescribed) -> None:
    state.handlers[event.platform] = event


def _keep_persons(state: "RegulatorState", event: PersonsCounted) -> None:
    """Only two years can still be asked for; older ones are forgotten."""
    key, former = (event.platform, event.year), (event.platform, event.year - 1)
    state.tallies[key] = mark(
        state.persons.setdefault(key, {}),
        state.persons.get(former, {}),
        tallies_of(state, event.platform, event.year),
        event,
    )
    for platform, year in list(state.persons):
        if platform == event.platform and year < event.year - 1:
            del state.persons[platform, year], state.tallies[platform, year]


KEPT = Keeping(
    kept_in="persons",
    folds={HandlerDescribed: _keep_handler, PersonsCounted: _keep_persons},
)
