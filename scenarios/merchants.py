"""The merchants: they submit payments to the platform and ask what became of them.

Theirs is the first of the three accounts. They know only what the target file says of the
platform's interface.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from httpx_aiohttp import AiohttpTransport

from scenarios.notebook import Notebook
from scenarios.target import FORMS, Answers, Target
from scenarios.traffic import Payment, payment_to_json
from scenarios.traffic.placeholders import as_text, fill, values_of
from scenarios.trust import trust, why
from simulator.clock import wall_now
from simulator.journal.records import Asked, Followed

AT_ONCE = 8
"""Requests that the merchants have on the wire at a time."""
ANSWER_KEPT = 2000
"""Characters of an answer that go into the journal."""
PATIENCE_S = 10.0
"""The longest that an answer may take, on a machine that keeps pace."""


@dataclass(slots=True)
class Paid:
    """A payment that was submitted, and the last that is known of it."""

    payment: Payment
    story: str
    outcome: str
    """`accepted`, `refused` or `failed`: the platform's first answer."""
    answer: str
    platform_payment: str | None
    final: str | None = None
    """`settled` or `refused`, once the platform said so."""

    @property
    def is_open(self) -> bool:
        """Accepted, and not yet said to be settled or refused."""
        return self.outcome == "accepted" and self.final is None


class Merchants:
    """All merchants of a run; each submits a payment of its own."""

    def __init__(
        self, target: Target, notebook: Notebook, stretch: Callable[[], float] = lambda: 1.0
    ) -> None:
        """By `stretch` their patience is stretched; see `pace.Pace`."""
        self._target = target
        self._notebook = notebook
        self._stretch = stretch
        self._places = asyncio.Semaphore(AT_ONCE)
        self._client = httpx.AsyncClient(
            timeout=None,  # `_patiently` ends what takes too long.
            transport=AiohttpTransport(
                verify=trust(target.platform.ca), limits=httpx.Limits(max_connections=AT_ONCE)
            ),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def ask(self, payment: Payment, story: str) -> Paid:
        """Submits one payment and writes down what the platform answered."""
        async with self._places:
            sent_at = wall_now()
            status, text = await self._submit(payment)
            answered_at = wall_now()
        outcome, platform_payment = read_answer(self._target.payment.answer, status, text)
        paid = Paid(payment, story, outcome, text, platform_payment)
        self._notebook.write(
            Asked(
                payment=payment_to_json(payment),
                story=story,
                sent_at=sent_at,
                answered_at=answered_at,
                status=status,
                answer=text[:ANSWER_KEPT],
                outcome=outcome,
                platform_payment=platform_payment,
            )
        )
        if self._target.payment.poll is None and outcome == "accepted":
            self._close(paid, "settled")
        return paid

    async def follow(self, payments: Iterable[Paid]) -> None:
        """Asks once what became of each payment that is still open, and writes down what is
        final."""
        await asyncio.gather(*(self._follow(paid) for paid in payments if paid.is_open))

    def leave_behind(self, payments: Iterable[Paid]) -> None:
        """Writes down that these were still pending when the merchants stopped asking."""
        for paid in payments:
            if paid.is_open:
                self._notebook.write(Followed(paid.payment.id, "pending", wall_now()))

    async def _submit(self, payment: Payment) -> tuple[int, str]:
        """Status and text of the answer; status 0 and the error if there was none."""
        request = self._target.payment
        values = values_of(payment)
        headers = {"Content-Type": FORMS[request.form]}
        headers |= {name: as_text(value) for name, value in fill(request.headers, values).items()}
        body = fill(request.body, values)
        url = as_text(fill(request.url, values))
        try:
            answer = await self._patiently(
                self._client.request(
                    request.method, url, headers=headers, content=_encode(body, request.form)
                )
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return 0, why(error, "name the platform's authority in [platform] ca")
        return answer.status_code, answer.text

    async def _follow(self, paid: Paid) -> None:
        poll = self._target.payment.poll
        if poll is None:
            return
        values = {**values_of(paid.payment), "platform_payment": paid.platform_payment}
        async with self._places:
            try:
                url = as_text(fill(poll.url, values))
                answer = await self._patiently(self._client.get(url))
            except (httpx.HTTPError, httpx.InvalidURL):
                return  # It may be down for a moment; the next round asks again.
        seen = _as_word(_pointed_at(answer.text, poll.pointer))
        if seen in poll.settled:
            self._close(paid, "settled")
        elif seen in poll.refused:
            self._close(paid, "refused")

    async def _patiently(self, asking: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        """The answer; ReadTimeout if it does not come in time.

        How far the machine is behind is asked when the time is up, for it may have fallen behind
        while the answer was waited for: an honest platform must not be given up on then.
        """
        began = time.monotonic()
        asked = asyncio.ensure_future(asking)
        try:
            left_s = PATIENCE_S
            while left_s > 0:
                await asyncio.wait({asked}, timeout=left_s)
                if asked.done():
                    return asked.result()
                left_s = PATIENCE_S * self._stretch() - (time.monotonic() - began)
        finally:
            asked.cancel()
        waited_s = time.monotonic() - began
        raise httpx.ReadTimeout(f"no answer within {waited_s:.0f} s")

    def _close(self, paid: Paid, final: str) -> None:
        paid.final = final
        self._notebook.write(Followed(paid.payment.id, final, wall_now()))


def read_answer(answers: Answers, status: int, text: str) -> tuple[str, str | None]:
    """The outcome (`accepted`, `refused`, `failed`) and the platform's id of the payment, as the
    target reads them."""
    platform_payment = _as_word(_pointed_at(text, answers.id)) if answers.id else None
    if answers.pointer and status in (*answers.accepted, *answers.refused):
        word = _as_word(_pointed_at(text, answers.pointer))
        if word in answers.refused_values:
            return "refused", platform_payment
        if word in answers.accepted_values:
            return "accepted", platform_payment
        if answers.accepted_values:
            return "failed", platform_payment
    if status in answers.accepted:
        return "accepted", platform_payment
    return ("refused" if status in answers.refused else "failed"), platform_payment


def _pointed_at(text: str, pointer: str) -> Any:
    """The value at an RFC 6901 pointer of a JSON text; `None` where there is none."""
    try:
        value = json.loads(text)
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return value


def _as_word(value: Any) -> str | None:
    return None if value is None else as_text(value)


def _encode(body: dict[str, Any], form: str) -> bytes:
    if form == "json":
        return json.dumps(body, ensure_ascii=False).encode()
    fields = {key: as_text(value) for key, value in body.items() if value is not None}
    return str(httpx.QueryParams(fields)).encode()
