"""A sample that the regulator asks for is answered out of the platform's own books: with what it
had to say of every record of every payload, when that left.
"""

import logging
from typing import TYPE_CHECKING

from simulator.messages.inspection import SampleAnswerRequest
from simulator.reference_platform.journey import Hindrance, Outlook

if TYPE_CHECKING:
    from simulator.reference_platform.platform import Platform

log = logging.getLogger(__name__)

Sample = tuple[str, tuple[str, ...]]
"""Id of the inspection, and the digests of the payloads drawn."""


class Samples:
    """The samples that were answered; after a restart the same answer goes out under the same key,
    and changes nothing."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform
        self._answered: set[Sample] = set()

    async def answer(self) -> None:
        """Answers what is open, as far as all of it is in the books: what is still being accounted
        for is looked up again in the next round."""
        for sample in self._platform.orders.samples.items():
            if sample not in self._answered and await self._answer(*sample):
                self._answered.add(sample)

    async def _answer(self, id: str, payloads: tuple[str, ...]) -> bool:
        """Whether there is nothing left to say."""
        items = tuple(
            entry for payload in payloads for entry in self._platform.outbox.traced(payload)
        )
        if {entry.payload for entry in items} != set(payloads):
            return False
        body = SampleAnswerRequest(items=items).model_dump_json().encode()
        try:
            await self._platform.regulator.post(
                f"/inspections/{id}/answers", body, key=f"sample-{id}"
            )
        except Hindrance as hindrance:
            if hindrance.outlook is Outlook.PASSES:
                raise
            log.warning("the regulator does not take the answer to %s: %s", id, hindrance)
        return True
