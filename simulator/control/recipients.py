"""What the recipients abroad reply."""

from dataclasses import asdict
from typing import Annotated

from fastapi import Path
from pydantic import Field, StringConstraints

from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.journal.records import Staged
from simulator.messages.base import Message
from simulator.recipient.replies import REPLY_SET, Reply

router = Resource(prefix="/sandboxes/{sandbox}/recipients", tags=["recipients"])

RecipientName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class ReplyMessage(Message):
    """Body and answer of `PUT /recipients/{recipient}`; what is left out is as for a recipient that
    nobody set."""

    status: Annotated[int, Field(ge=200, le=599)] = Reply().status
    body: Annotated[str, Field(max_length=100_000)] = Reply().body
    content_type: Annotated[
        str, StringConstraints(max_length=200, pattern=r"^[\x21-\x7e][\x20-\x7e]*$")
    ] = Reply().content_type
    token_path: Annotated[str, StringConstraints(max_length=500, pattern=r"^/")] | None = (
        Reply().token_path
    )
    """Path below the recipient that answers an OAuth 2 client-credentials token; `None` for no such
    path."""


@router.put("/{recipient}", operation_id="set_reply")
async def set_reply(here: Here, recipient: RecipientName, request: ReplyMessage) -> ReplyMessage:
    """From now on the recipient replies so."""
    await here.sandbox.write(
        Staged(mark=REPLY_SET, facts={"recipient": recipient, **request.model_dump()})
    )
    return request


@router.get("/{recipient}", operation_id="read_reply")
async def read_reply(here: Here, recipient: RecipientName) -> ReplyMessage:
    """What the recipient replies."""
    return ReplyMessage(**asdict(here.recipients.replies.of(recipient)))
