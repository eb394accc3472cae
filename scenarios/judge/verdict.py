"""One order of verdicts and one merge, so that no requirement and no report invents its own."""

from collections.abc import Iterable
from enum import IntEnum


class Verdict(IntEnum):
    """What one requirement says of one run. A larger value outranks a smaller one."""

    NOT_APPLICABLE = 0
    PASS = 1
    NOT_EXERCISED = 2
    INCONCLUSIVE = 3
    FAIL = 4

    @property
    def word(self) -> str:
        """The verdict as reports write it."""
        return self.name.lower()


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict; a run that produced no evidence is inconclusive, never a pass."""
    worst = max(verdicts, default=Verdict.NOT_APPLICABLE)
    return Verdict.INCONCLUSIVE if worst is Verdict.NOT_APPLICABLE else worst
