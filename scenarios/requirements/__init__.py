"""What must hold, one requirement a file: id, clause, text, examples and test, read top to bottom.

The folder is the list. Ids, groups and clauses are those of the re-inspection catalogue (DEC, WHL,
DES, MON, TRC, SUS, SEC, RES); a file is named by its id.
"""

import sys

from scenarios.judge.requirement import Requirement
from simulator.catalogue import entries


def catalogue() -> dict[str, Requirement]:
    """Every requirement, by id."""
    return entries(sys.modules[__name__], Requirement)
