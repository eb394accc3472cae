"""When a platform came to know of a notice: the moment from which its reaction time counts."""

from datetime import datetime

from scenarios.judge.evidence import Evidence


def told_at(evidence: Evidence, notice_id: str | None) -> datetime | None:
    """Wall time of the first attempt that no fault took away or forged; for a platform that polls,
    of the issue, or of the end of the fault that kept it from polling. `None` if it was never
    told."""
    notice = evidence.notices.get(notice_id or "")
    if notice is None:
        return None
    platform = evidence.platforms.get(notice.event.platform)
    if platform is not None and platform.callback_url is None:
        return _could_poll_at(evidence, notice.issued.wall_at)
    for attempt in notice.attempts:
        if not attempt.forged and (attempt.fault is None or attempt.status > 0):
            return attempt.sent_at
    return None


def _could_poll_at(evidence: Evidence, issued: datetime) -> datetime | None:
    could = issued
    for window in evidence.faults.values():
        cuts_polling = "regulator" in window.witnesses and (
            not window.operations or "list_notices" in window.operations
        )
        if cuts_polling and window.armed.wall_at <= could:
            if window.reverted is None:
                return None
            could = max(could, window.reverted.wall_at)
    return could
