"""How a payload leaves: one POST to the recipient, with a time limit, and an honest account of what
is not known.
"""

import asyncio
from urllib.parse import quote

import httpx

from simulator.reference_platform.journey import Hindrance, Journey, Outlook

PATIENCE_S = 2.0


class RecipientClient:
    """The recipients abroad, each under `base` by its id."""

    def __init__(self, http: httpx.AsyncClient, base: str) -> None:
        self._http = http
        self._base = base.rstrip("/")

    async def send(self, recipient: str, payload: bytes, headers: dict[str, str]) -> bool:
        """Whether the recipient took the payload; it has left either way.

        Raises Hindrance: `recipient_unreachable` if nothing has left, `recipient_silent` if nobody
        knows.
        """
        url = f"{self._base}/{quote(recipient, safe='')}/settlements"
        try:
            async with asyncio.timeout(PATIENCE_S):
                response = await self._http.post(url, content=payload, headers=headers)
        except httpx.ConnectError as failure:
            raise _hindrance("recipient_unreachable", type(failure).__name__) from failure
        except (httpx.HTTPError, TimeoutError) as failure:
            raise _hindrance("recipient_silent", type(failure).__name__) from failure
        if response.status_code >= 500 or response.status_code in (408, 429):
            raise _hindrance("recipient_silent", f"it answered {response.status_code}")
        return response.is_success


def recipient_headers(journey: Journey) -> dict[str, str]:
    """All that travels beside the payload; the key is the same for every repetition."""
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": journey.order_token,
        "User-Agent": "reference-platform",
    }


def _hindrance(code: str, detail: str) -> Hindrance:
    return Hindrance(code, detail, Outlook.PASSES)
