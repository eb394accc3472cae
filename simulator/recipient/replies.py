"""What each recipient answers, as a tester set it; a fold over the journal, so that a restart
changes no answer."""

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, Response

from simulator.journal.entry import Entry
from simulator.journal.records import Staged

REPLY_SET = "reply_set"
"""Mark of the entry that changes a recipient's reply; its facts are the fields of Reply and the
recipient."""

TOKEN_LIFE_S = 3600
BODILESS = (204, 304)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to every payload; `token_path` answers an OAuth 2 client-credentials token
    instead."""

    status: int = 202
    body: str = '{"status":"received"}'
    content_type: str = "application/json"
    token_path: str | None = "/oauth/token"


class Replies:
    """The replies of one sandbox's recipients; one that nobody set answers as `Reply()` does."""

    def __init__(self, seed: int, known: dict[str, Reply] | None = None) -> None:
        self._seed = seed
        self.known = {} if known is None else known

    def of(self, recipient: str) -> Reply:
        """The reply in force."""
        return self.known.get(recipient, Reply())

    def fold(self, entry: Entry) -> None:
        """Takes in one entry of the sandbox's journal."""
        if entry.kind != Staged.kind:
            return
        record = entry.record
        assert isinstance(record, Staged)
        if record.mark == REPLY_SET:
            facts = dict(record.facts)
            recipient = facts.pop("recipient")
            self.known[recipient] = Reply(**facts)

    def answer(
        self, recipient: str, method: str, path: str, body: bytes, sequence: int
    ) -> Response:
        """The answer to one payload; `sequence`, its place in the journal, makes each token its
        own."""
        reply = self.of(recipient)
        if method == "POST" and path == reply.token_path:
            return self._token(recipient, body, sequence)
        content = b"" if reply.status in BODILESS else reply.body.encode()
        return Response(content, reply.status, media_type=reply.content_type)

    def _token(self, recipient: str, body: bytes, sequence: int) -> Response:
        """RFC 6749, sections 4.4 and 5: any client is known, but the grant must be the right
        one."""
        form = parse_qs(body.decode("utf-8", "replace"))
        if form.get("grant_type") != ["client_credentials"]:
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        token = hashlib.sha256(f"{self._seed}/{recipient}/{sequence}".encode()).hexdigest()
        return JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE_S},
            headers={"cache-control": "no-store"},
        )
