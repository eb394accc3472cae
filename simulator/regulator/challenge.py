"""The challenge of a new callback: it must send back a token that only its reader can know."""

import hashlib
import json
from datetime import datetime

from simulator.messages.registration import Challenge
from simulator.regulator.messenger import Letter, Messenger, Reply
from simulator.sandbox import Sandbox


async def pose(
    sandbox: Sandbox, messenger: Messenger, *, id: str, url: str, attempt: int, sent_at: datetime
) -> tuple[Reply, bool]:
    """One attempt: what came back, and whether it is the challenge itself."""
    token = hashlib.sha256(sandbox.regulator_key.sign(f"{id}/{attempt}".encode())).hexdigest()
    body = Challenge(token=token).model_dump_json().encode()
    letter = Letter(url, body, "application/json", f"{id}-{attempt}", sent_at)
    reply = await messenger.send(letter)
    if reply.status == 200 and _is_same_json(reply.body, body):
        return reply, True
    if reply.is_taken:
        reply = Reply(reply.status, error="the answer is not the challenge sent back")
    return reply, False


def _is_same_json(answer: bytes, sent: bytes) -> bool:
    try:
        return bool(json.loads(answer) == json.loads(sent))
    except (ValueError, RecursionError):  # Not JSON, not UTF-8, or nested without end.
        return False
