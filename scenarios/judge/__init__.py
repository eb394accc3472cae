"""The judge: a pure function of the journal.

    entries ─► notes ─► evidence ─► assembly (joins) ─► docket (dossiers) ─► court (rulings)
            ─► judgement

It imports, of the simulator, only messages, clock, catalogue, journal and law: a judge that shares
the platform's arithmetic repeats its mistakes.
"""

from scenarios.judge.judge import judge, judge_journal
from scenarios.judge.judgement import Judgement

__all__ = ["Judgement", "judge", "judge_journal"]
