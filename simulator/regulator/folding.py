"""State is a fold over the journal, but an answer within an entry tells of the state after it.

So the events of the entry that comes next are folded before it is appended, and not once more when
it is. Between `foresee` and `append` nothing may wait, so that no two requests mingle.
"""

from collections.abc import Sequence
from datetime import datetime

from simulator.journal.entry import Entry
from simulator.journal.events import Event
from simulator.journal.records import Decided, Delivery, Exchange, Opened
from simulator.regulator.lifecycle import notice
from simulator.regulator.lifecycle.regulator_key import FIRST_ID, RegulatorKey
from simulator.regulator.state import RegulatorState
from simulator.sandbox import Sandbox


class Folding:
    """What is known of one sandbox, and what its next entry will hold."""

    def __init__(self, sandbox: Sandbox, state: RegulatorState | None = None) -> None:
        self.sandbox = sandbox
        self.state = RegulatorState() if state is None else state
        self.foreseen: tuple[Event, ...] = ()
        """The events of the entry that is appended next."""

    def foresee(self, events: Sequence[Event]) -> None:
        """Folds events whose entry is appended next, so that its answer can tell of them."""
        self.state.fold_all(events)
        self.foreseen += tuple(events)

    def foresee_with_notices(self, events: Sequence[Event], at: datetime | None = None) -> None:
        """The same, with the notices that tell the platforms of these events, issued `at` sandbox
        time or now."""
        notices = notice.issue_for(self.state, events, at or self.sandbox.clock.now())
        self.foresee((*events, *notices))

    def decide(
        self, by: str, command: str, events: Sequence[Event], *, due_at: datetime | None = None
    ) -> tuple[Decided, Entry]:
        """Appends what the regulator does unasked, and the notices that follow."""
        self.foresee_with_notices(events, due_at)
        decided = Decided(by=by, command=command, events=self.foreseen, due_at=due_at)
        return decided, self.append(decided)

    def append(self, record: Exchange | Decided) -> Entry:
        """Gives the record, which holds what was foreseen, its place in the journal."""
        try:
            return self.sandbox.append(record)
        finally:
            self.foreseen = ()

    def fold(self, record: Opened | Exchange | Delivery | Decided) -> None:
        """Takes in one record of the journal, fresh or recovered."""
        if isinstance(record, Opened):
            self.state.suite = record.suite
            first = RegulatorKey(FIRST_ID, 1, record.regulator_public_key, record.starts_at)
            self.state.regulator_keys[first.id] = first
        if not self.foreseen:
            self.state.fold_all(record.events)
        if isinstance(record, Opened):
            self.state.open(record.policy, rule_pack=record.rule_pack, starts_at=record.starts_at)
            self.state.seed = record.seed
