"""Which law is in force when: one rule pack a file, and the pack of a date.

A pack is data. It says from which numbers on an export needs a security assessment, since when
persons are counted, how long a result is valid, and on whose demand the three mandatory categories
are declared. The same journal can be judged under two packs and the outcomes compared.
"""

import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from simulator import catalogue
from simulator.law.calendar_years import years_after

Mechanism = Literal["security_assessment", "standard_contract_or_certification", "exempt"]

REGULATORS_ORDER = "Simulated regulator's order no. 1, art. 1"
"""Demands the three mandatory categories where the law itself would exempt a payment platform."""


@dataclass(frozen=True, slots=True)
class SensitiveList:
    """The standard that says what is sensitive, from `since` until the next list."""

    since: date
    standard: str
    resident_id: bool
    """Whether the number of a resident ID is listed; its photograph is in every list."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Numbers of natural persons, de-duplicated; a threshold includes the number itself."""

    handled_persons: int | None
    """Handling this many makes any export an assessment; `None`: handling does not count."""
    assessed_persons: int
    """Exporting this many persons since the window began needs an assessment."""
    assessed_sensitive_persons: int
    sensitive_count_as_persons: bool
    """Whether persons with sensitive information count towards `assessed_persons` too."""
    contract_from_persons: int
    """Exporting this many needs a standard contract or certification; 0: no lower bound."""


@dataclass(frozen=True, slots=True)
class ReviewPeriods:
    """Working days of the security assessment (Order 11 art. 7, 11-14)."""

    completeness: int = 5
    acceptance: int = 7
    assessment: int = 45
    supplement: int = 15
    """The law names no number: this simulated regulator's own, told with each request."""
    reevaluation: int = 15
    """How long after the result a re-evaluation may be asked for."""
    before_expiry: int = 60
    """How long before its expiry an extension is asked for, or the export declared again."""

    @property
    def longest_normal(self) -> int:
        """Working days from filing to result when nothing is extended."""
        return self.completeness + self.acceptance + self.assessment


@dataclass(frozen=True, slots=True)
class RulePack:
    """The law between two dates, both included; `in_force_until` is `None` while it has no end."""

    id: str
    title: str
    in_force_from: date
    in_force_until: date | None
    instruments: tuple[str, ...]
    thresholds: Thresholds
    window: Literal["previous_year", "current_year"]
    """Persons count since 1 January of this year."""
    validity_years: int
    """How long the result of an assessment holds."""
    extension_years: int | None
    """What an approved extension adds; `None`: the export must be declared again."""
    payment_contract_exempt: bool
    """Whether what a payment contract needs is exempt from all mechanisms."""
    exempted_persons_count: bool
    """Whether persons whose data leaves under an exemption count towards the thresholds. No text
    that was read says so either way (Order 16 art. 8(2): articles 3 to 6 apply separately)."""
    contracts_filed_from: date
    """Since when a standard contract can be filed (Order 13)."""
    certified_from: date | None
    """Since when exports are certified (Order 20); `None`: not under this pack."""
    threshold_clause: str
    mandatory_demanded_by: str
    """The clause that demands the three mandatory categories under this pack."""
    sensitive_lists: tuple[SensitiveList, ...]
    review: ReviewPeriods = ReviewPeriods()

    def holds_on(self, day: date) -> bool:
        """Whether the pack is in force on this day in China."""
        return self.in_force_from <= day and (
            self.in_force_until is None or day <= self.in_force_until
        )

    def counted_since(self, day: date) -> date:
        """The day from which exported persons count on this day."""
        return date(day.year - (self.window == "previous_year"), 1, 1)

    def valid_until(self, issued: date) -> date:
        """The last day on which a result issued on this day holds."""
        return years_after(issued, self.validity_years)

    def extended_until(self, until: date) -> date | None:
        """The last day of a result that held until `until` and is extended; `None`: it cannot be,
        and the export must be declared again."""
        return None if self.extension_years is None else years_after(until, self.extension_years)

    def files_contracts(self, day: date) -> bool:
        """Whether a contract can be filed; Order 13 came while the first pack was in force."""
        return day >= self.contracts_filed_from or not self.holds_on(day)

    def sensitive_list(self, day: date) -> SensitiveList:
        """The list in force on this day; before the pack's first list, the first."""
        begun = [listed for listed in self.sensitive_lists if listed.since <= day]
        return begun[-1] if begun else self.sensitive_lists[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a handler sends abroad, as the thresholds count it."""

    persons: int
    """Natural persons exported since the window began, those with only ordinary personal
    information."""
    sensitive_persons: int
    handled_persons: int = 0
    critical_operator: bool = False
    """The handler runs critical information infrastructure."""
    important_data: bool = False
    for_payment_contract: bool = False
    """All of it is needed for a payment contract that the person is party to."""


class NoPackInForce(LookupError):
    """A date before the first rule pack."""


@cache
def packs() -> dict[str, RulePack]:
    """Every rule pack, by id."""
    return catalogue.entries(sys.modules[__name__], RulePack)


def pack(id: str) -> RulePack:
    """The rule pack called `id`; raises UnknownId naming the right ones."""
    return catalogue.find(packs(), id, what="rule pack")


def in_force(day: date) -> RulePack:
    """The rule pack in force on this day in China; raises NoPackInForce before the first."""
    for candidate in packs().values():
        if candidate.holds_on(day):
            return candidate
    first = min(packs().values(), key=lambda candidate: candidate.in_force_from)
    raise NoPackInForce(
        f"no rule pack is in force on {day.isoformat()}; the first is {first.id!r},"
        f" from {first.in_force_from.isoformat()}"
    )


def governing(chosen: RulePack, begun_on: date, day: date) -> RulePack:
    """The law on `day` in a world that began on `begun_on` with the pack `chosen`.

    A pack that was in force when the world began is the law of that time and goes as it came: the
    law changes with the date. A pack chosen against the date answers "what if", and stays. Before
    the first pack, where there is no law to follow, the chosen one stands in.
    """
    if not chosen.holds_on(begun_on):
        return chosen
    return in_force(max(day, begun_on))


def mechanism(law: RulePack, export: Export) -> Mechanism:
    """Which mechanism this export needs. Whoever stays below by splitting quantities is outside
    this arithmetic."""
    return reasoned(law, export)[0]


def reasoned(law: RulePack, export: Export) -> tuple[Mechanism, str]:
    """The mechanism, and the number or fact that decides for it."""
    if export.important_data:
        return "security_assessment", "important data is exported"
    if not export.persons and not export.sensitive_persons:
        return "exempt", "no person's information is exported"
    if law.payment_contract_exempt and export.for_payment_contract:
        return "exempt", "all of it is needed for a contract that the person is party to"
    assessed = _assessed_for(law.thresholds, export)
    if assessed is not None:
        return "security_assessment", assessed
    if export.sensitive_persons:
        return "standard_contract_or_certification", (
            f"{export.sensitive_persons} persons with sensitive information, below"
            f" {law.thresholds.assessed_sensitive_persons}"
        )
    least = law.thresholds.contract_from_persons
    if export.persons >= least:
        return "standard_contract_or_certification", (
            f"{export.persons} persons, {least or 1} or more and below"
            f" {law.thresholds.assessed_persons}"
        )
    return "exempt", f"{export.persons} persons, below {least}, and none with sensitive information"


def _assessed_for(limits: Thresholds, export: Export) -> str | None:
    """Why the export needs a security assessment; `None` where it does not."""
    if export.critical_operator:
        return "the handler runs critical information infrastructure"
    if limits.handled_persons is not None and export.handled_persons >= limits.handled_persons:
        return (
            f"the handler handles {export.handled_persons} persons,"
            f" {limits.handled_persons} or more"
        )
    persons = export.persons + limits.sensitive_count_as_persons * export.sensitive_persons
    if persons >= limits.assessed_persons:
        return f"{persons} persons, {limits.assessed_persons} or more"
    if export.sensitive_persons >= limits.assessed_sensitive_persons:
        return (
            f"{export.sensitive_persons} persons with sensitive information,"
            f" {limits.assessed_sensitive_persons} or more"
        )
    return None
