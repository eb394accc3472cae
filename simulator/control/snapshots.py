"""A sandbox as one file: take it here, restore it anywhere."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

from fastapi import APIRouter, Query, Request

from simulator.control.journal import Ndjson, in_chunks
from simulator.control.problems import Refused
from simulator.control.sandboxes import Copy, SandboxId, refuse_reserved
from simulator.control.site import Here, TheWorld
from simulator.journal.entry import JournalUnreadable, NewerFormat
from simulator.journal.verify import Broken
from simulator.sandbox import SandboxExists

router = APIRouter(tags=["snapshots"])


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
            raise Refused("sandbox_exists", f"{mistake}: give ?id=") from None
        except NewerFormat as mistake:
            raise Refused("snapshot_newer", str(mistake)) from None
        except (Broken, JournalUnreadable) as mistake:
            raise Refused("snapshot_broken", str(mistake)) from None
    return Copy(id=made)
