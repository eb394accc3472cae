"""The journal of a sandbox, as NDJSON: what `verify.py` proves and the judge reads."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse

from simulator.control.resource import Resource
from simulator.control.site import Here, TheWorld
from simulator.journal.ndjson import to_line

router = Resource(prefix="/sandboxes/{sandbox}/journal", tags=["journal"])

CHUNK_CHARACTERS = 256 * 1024
"""Lines travel in chunks of about this size: one thread switch an entry would be most of the
work."""


class Ndjson(StreamingResponse):
    """One entry a line."""

    media_type = "application/x-ndjson"


@router.get("", operation_id="export_journal", response_class=Ndjson)
async def export(
    here: Here, world: TheWorld, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0
) -> Ndjson:
    """Every entry after `after` that is on disk when this is answered."""
    last = here.sandbox.next_sequence() - 1
    entries = world.journal(here.sandbox.id, after)
    so_far = takewhile(lambda entry: entry.sequence <= last, entries)
    return Ndjson(in_chunks(map(to_line, so_far)))


def in_chunks(lines: Iterator[str]) -> Iterator[str]:
    """The same text in fewer pieces."""
    gathered: list[str] = []
    size = 0
    for line in lines:
        gathered.append(line)
        size += len(line)
        if size >= CHUNK_CHARACTERS:
            yield "".join(gathered)
            gathered, size = [], 0
    yield "".join(gathered)
