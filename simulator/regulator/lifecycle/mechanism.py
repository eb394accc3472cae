"""Which way out of the country the counts demand: security assessment, standard contract or
certification, or none.

The arithmetic is the law's (`simulator.law.packs`); here it is asked with what the regulator knows:
the persons counted in the window, what the platform said of itself, and the persons whom a
declaration states.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from simulator.law.packs import Export, Mechanism, reasoned
from simulator.law.working_days import china_date
from simulator.regulator.lifecycle import headcount
from simulator.regulator.lifecycle.headcount import Tallies

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Demanded:
    """What is demanded now, and the numbers that decide it."""

    mechanism: Mechanism
    reason: str
    clause: str
    persons: int
    """Natural persons that were counted, those with sensitive information included."""
    sensitive_persons: int
    counted_since: date
    rule_pack: str


def demanded(
    state: "RegulatorState",
    platform: str,
    now: datetime,
    *,
    stated_persons: int = 0,
    stated_sensitive_persons: int = 0,
    pending_persons: int = 0,
    pending_sensitive_persons: int = 0,
    for_payment_contract: bool = False,
    tallies: Tallies | None = None,
) -> Demanded:
    """What the window's persons and those stated demand together, under the law of the day.

    `stated_persons` include the sensitive ones. Reading: whether a person who is stated was counted
    before cannot be known from a number, so that all who are stated are added; nobody escapes a
    threshold by stating first and counting later. `pending_persons` were stated in other
    declarations: they are the same whom the tokens tell sooner or later, so that the larger number
    of both is what was there before. `tallies` are this year's, if not those that are known.
    """
    law, today = state.law_at(now), china_date(now)
    tally = headcount.tally(state, platform, now, tallies)
    count = law.exempted_persons_count
    persons = max(tally.persons(exempted_count=count), pending_persons) + stated_persons
    sensitive = (
        max(tally.sensitive(exempted_count=count), pending_sensitive_persons)
        + stated_sensitive_persons
    )
    handler = state.handlers.get(platform)
    mechanism, reason = reasoned(
        law,
        Export(
            persons=persons - sensitive,
            sensitive_persons=sensitive,
            handled_persons=0 if handler is None else handler.handled_persons,
            critical_operator=handler is not None and handler.critical_operator,
            important_data=handler is not None and handler.important_data,
            for_payment_contract=for_payment_contract,
        ),
    )
    return Demanded(
        mechanism=mechanism,
        reason=reason,
        clause=law.threshold_clause,
        persons=persons,
        sensitive_persons=sensitive,
        counted_since=law.counted_since(today),
        rule_pack=law.id,
    )
