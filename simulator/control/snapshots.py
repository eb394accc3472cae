"""A sandbox as one file: take it here, restore it anywhere."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

from fastapi import Query, Request

from simulator.control.journal import Ndjson, in_chunks
from simulator.control.problems import Refused
from simulator.control.resource import Resource
from simulator.control.sandboxes import Copy, SandboxId, exists_already, refuse_reserved
from simulator.control.site import Here, TheWorld
from simulator.journal.entry import JournalUnreadable, NewerFormat
from simulator.journal.verify import Broken
from simulator.sandbox import SandboxExists

router = Resource(tags=["snapshots"])


@router.get("/sandboxes/{sandbox}/snapshot", operation_id="take_snapshot", response_class=Ndjson)
async def take(here: Here, world: TheWorld) -> Ndjson:
    """The sandbox as it is now. The first line holds its secrets, by name: keep it as a key."""
    lines = await world.snapshot(here)
    name = f"{here.sandbox.id}.snapshot"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
    }
    return Ndjson(in_chunks(lines), headers=headers)


@router.post(
    "/snapshots",
    status_code=201,
    operation_id="restore_snapshot",
    openapi_extra={
        "requestBody": {"required": True, "content": {Ndjson.media_type: {"schema": {}}}}
    },
)
async def restore(
    request: Request, world: TheWorld, id: Annotated[SandboxId | None, Query()] = None
) -> Copy:
    """The sandbox of the snapshot in the body, under its own name or `id`; all of it or nothing."""
    if id is not None:
        refuse_reserved(id, "query:id")
    with NamedTemporaryFile(dir=world.state_dir, prefix="restoring-", buffering=2**20) as file:
        async for part in request.stream():
            file.write(part)
        file.flush()
        try:
            made = await world.restore(Path(file.name), id)
        except SandboxExists as mistake:
            raise exists_already(mistake, "query:id") from None
        except NewerFormat as mistake:
            must, seen = "be of a format that this version reads", str(mistake)
            raise Refused.at("snapshot_newer", "", seen, must, detail=seen) from None
        except (Broken, JournalUnreadable) as mistake:
            must, seen = "be the file as it was taken", str(mistake)
            raise Refused.at("snapshot_broken", "", seen, must, detail=seen) from None
    return Copy(id=made)
