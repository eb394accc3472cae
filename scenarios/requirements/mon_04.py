"""MON-04: a stop halts export within its limit."""

from collections.abc import Iterator

from scenarios.judge.dossiers import NoticeDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_notice
from scenarios.judge.requirement import requirement

HONEST = an_honest_notice()
WENT_ON = an_honest_notice(left_late_s=(6.1,))


@requirement(
    id="MON-04",
    title="A stop halts export within the limit",
    clause="Order 11, art. 17",
    text="After a stop was told, nothing in its scope leaves beyond the stop limit.",
    force="MUST",
    subject="notice",
    at_least=1,
    remedy="Obey export.stopped before acknowledging it, and check it again just before sending.",
    bears_on=lambda notice: notice.type == "export.stopped" and notice.asked_after > 0,
    acquits=[HONEST],
    convicts=[WENT_ON],
)
def a_stop_halts_export(notice: NoticeDossier) -> Iterator[Finding]:
    if notice.left_late_s:
        yield Finding(
            "data left after a stop",
            notice,
            expected=f"nothing later than {notice.limit_s} s after being told",
            seen=f"{len(notice.left_late_s)} payloads, the last {max(notice.left_late_s)} s after",
            starved=notice.left_starved,
        )
