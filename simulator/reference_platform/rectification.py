"""The 17 materials that answer an inspection, and the request for re-inspection."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.law.materials import MATERIALS
from simulator.messages.case import MaterialRequest
from simulator.reference_platform.journey import Hindrance, Outlook
from simulator.reference_platform.regulator_client import persist

if TYPE_CHECKING:
    from simulator.reference_platform.platform import Platform

T = TypeVar("T")

TRIES = 6


def materials(written_on: date, uscc: str) -> dict[int, MaterialRequest]:
    """Every material by its number: sealed, dated, and naming the platform's own code."""
    return {
        material.number: MaterialRequest(
            title=material.title,
            document_date=written_on,
            digest=hashlib.sha256(f"{material.title} of {uscc}".encode()).hexdigest(),
            sealed=True,
            uscc=uscc,
        )
        for material in MATERIALS
    }


async def rectify(platform: "Platform", uscc: str, case: str | None) -> dict[str, Any]:
    """Hands in the materials of the case (`None`: the newest open one), asks for re-inspection, and
    returns the case.
    """
    await _persist(platform.regulator.read_time)
    case = case or await _newest_open(platform)
    today = platform.regulator.sandbox_now().date()
    for number, material in platform.steps.materials(today, uscc).items():
        await _hand_in(platform, case, number, material)
    key = f"reinspect-{case}-{platform.steps.nonce()}"
    await _persist(lambda: platform.regulator.post(f"/cases/{case}/reinspection", key=key))
    return await _persist(lambda: platform.regulator.get(f"/cases/{case}"))


async def _hand_in(platform: "Platform", case: str, number: int, material: MaterialRequest) -> None:
    body = material.model_dump_json().encode()
    await _persist(lambda: platform.regulator.put(f"/cases/{case}/materials/{number}", body))


async def _newest_open(platform: "Platform") -> str:
    told = await _persist(lambda: platform.regulator.get("/cases", "limit=200"))
    still_open = [
        case["id"] for case in told["items"] if case["status"] not in ("lifted", "failed")
    ]
    if not still_open:
        raise Hindrance("no_open_case", "the regulator has opened no case", Outlook.FINAL)
    return str(still_open[-1])


async def _persist(ask: Callable[[], Awaitable[T]]) -> T:
    return await persist(ask, tries=TRIES)
