"""One request to the regulator: was it signed, fresh, and asked again under the same key when its
answer was lost?"""

from collections.abc import Iterator

from scenarios.judge.assembly import Assembly
from scenarios.judge.dossiers import RequestDossier
from scenarios.judge.evidence import Heard


def build(assembly: Assembly) -> Iterator[RequestDossier]:
    """One dossier for each request but the registration, which cannot be signed yet."""
    last_use: dict[str, int] = {}
    for seen in assembly.evidence.exchanges:
        key = seen.record.idempotency_key
        if key is not None:
            last_use[key] = seen.at.sequence
    for seen in assembly.evidence.exchanges:
        record: Heard = seen.record
        if record.operation in ("register", "unknown"):
            continue
        key = record.idempotency_key
        yield RequestDossier(
            subject=f"request at entry {seen.at.sequence}",
            story=seen.story,
            entries=(seen.at.sequence,),
            blind=assembly.blind(seen.at, seen.story),
            watched=assembly.evidence.watched(seen.at, seen.story),
            at=seen.at,
            operation=record.operation,
            signed=record.platform is not None,
            refusal=record.refusal,
            creates=key is not None,
            struck_after_taken=record.fault is not None
            and record.taken
            and not record.replayed
            and _answer_lost(record),
            repeated_with_same_key=key is not None and last_use[key] > seen.at.sequence,
        )


def _answer_lost(record: Heard) -> bool:
    """Whether the platform cannot know what was answered."""
    return record.status == 0 or record.status >= 500
