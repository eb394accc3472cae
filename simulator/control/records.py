"""What merchants saw and the marks of a run: the third account, witnessed by those who asked."""

import json
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from simulator.control.problems import body_invalid, errors_of
from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.journal import records
from simulator.messages.base import Message
from simulator.messages.problem import ProblemError
from simulator.recipient.replies import REPLY_SET
from simulator.regulator.reading import shown
from simulator.regulator.refusal import wrong

router = Resource(prefix="/sandboxes/{sandbox}/records", tags=["records"])


class Witnessed(Message):
    """One record; `body` is as `simulator.journal.records` says for its kind."""

    kind: Literal["asked", "followed", "staged"]
    body: dict[str, Any]


class RecordsRequest(Message):
    """Body of `POST /records`: all of them are taken, in order, or none."""

    records: Annotated[tuple[Witnessed, ...], Field(min_length=1, max_length=10_000)]


class RecordsAnswer(Message):
    """The sequence number of the last record; all are on disk."""

    sequence: int


@router.post("", status_code=201, operation_id="write_records")
async def write(here: Here, request: RecordsRequest) -> RecordsAnswer:
    """Takes records into the journal."""
    taken: list[records.Record] = []
    errors: list[ProblemError] = []
    for place, witnessed in enumerate(request.records):
        pointer = f"/records/{place}/body"
        try:
            json.dumps(witnessed.body, ensure_ascii=False, allow_nan=False).encode()
            taken.append(_record_of(witnessed))
        except ValidationError as mistake:
            errors += errors_of(mistake.errors(), pointer)
        except Reserved as mistake:
            must = "be a mark of the run; PUT /recipients sets replies"
            errors.append(wrong("body_invalid", f"{pointer}/mark", str(mistake), must))
        except ValueError as mistake:  # NaN, infinity, or half of a surrogate pair.
            seen = shown(witnessed.body)
            must = f"be JSON that can be written in UTF-8 ({mistake})"
            errors.append(wrong("body_invalid", pointer, seen, must))
    if errors:
        raise body_invalid(errors)

    entries = [here.sandbox.append(record) for record in taken]
    await here.sandbox.durable(entries[-1])
    return RecordsAnswer(sequence=entries[-1].sequence)


class Reserved(Exception):
    """A mark that changes the simulator itself, and so is not a witness's to write."""


def _record_of(witnessed: Witnessed) -> records.Record:
    record = records.from_json(witnessed.kind, witnessed.body)
    if isinstance(record, records.Staged) and record.mark == REPLY_SET:
        raise Reserved(record.mark)
    return record
