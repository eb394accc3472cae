"""HTTP in: merchants submit and follow payments, the regulator brings notices, operators ask and
act.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError

from simulator.clock import wall_now
from simulator.messages import signature
from simulator.messages.notice import Notice
from simulator.reference_platform import rectification
from simulator.reference_platform.contracts import PURPOSE
from simulator.reference_platform.journey import Hindrance, Journey, Stage
from simulator.reference_platform.platform import OrderReused, Platform, Settings
from simulator.reference_platform.steps import HONEST, Steps


class RectificationBody(BaseModel):
    """Body of `POST /rectification`; `None` means the newest open case."""

    case: str | None = None


def build(
    settings: Settings,
    steps: Steps = HONEST,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """The platform as an application. `transport` replaces the network."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        platform = Platform(settings, steps, transport=transport)
        app.state.platform = platform
        platform.start()
        yield
        await platform.stop()

    app = FastAPI(title="Reference platform", lifespan=lifespan, openapi_url=None)
    app.add_api_route("/payments", submit, methods=["POST"])
    app.add_api_route("/payments/{id}", follow, methods=["GET"])
    app.add_api_route("/notices", notice, methods=["POST"])
    app.add_api_route("/rectification", rectify, methods=["POST"])
    app.add_api_route("/healthz", health, methods=["GET"])
    app.add_api_route("/persons", person, methods=["GET"])
    return app


async def submit(request: Request) -> JSONResponse:
    """Takes a payment: 202 once it is on disk, whatever the regulator and the recipients
    are doing.
    """
    try:
        body = json.loads(await request.body())
        journey = _platform(request).take(body)
    except ValidationError as error:
        return _refused(422, "; ".join(_wrong(error)))
    except ValueError:
        return _refused(422, "the body is not JSON")
    except OrderReused as error:
        return _refused(409, f"order_id {error} belongs to another payment")
    if journey.stage is Stage.REFUSED:
        return _refused(422, str(journey.reason), payment_id=journey.id)
    return JSONResponse({"payment_id": journey.id, "status": "accepted"}, 202)


async def follow(request: Request, id: str) -> JSONResponse:
    """What has become of a payment."""
    journey = _platform(request).outbox.read(id)
    if journey is None:
        return JSONResponse({"reason": f"there is no payment {id!r}"}, 404)
    status = journey.stage.value if journey.is_final else "pending"
    return JSONResponse({"payment_id": id, "status": status, "reason": journey.reason})


async def notice(request: Request) -> JSONResponse:
    """Handles a notice; 2xx acknowledges it, so that it is given only when the notice is obeyed."""
    platform = _platform(request)
    body = await request.body()
    told = _json_object(body)
    if (
        told.get("type") == "challenge"
    ):  # It may come before the answer that tells the regulator's key.
        return JSONResponse(told)
    try:
        await _verify(platform, request, body)
        await platform.notices.receive(Notice.model_validate(told))
    except signature.BadSignature as bad:
        return JSONResponse({"code": bad.code, "detail": bad.detail}, 401)
    except ValidationError as error:
        return _refused(422, "; ".join(_wrong(error)))
    except Hindrance as hindrance:
        return JSONResponse({"code": hindrance.code, "detail": hindrance.detail}, 503)
    return JSONResponse({"status": "obeyed"})


async def _verify(platform: Platform, request: Request, body: bytes) -> None:
    """Raises BadSignature unless the regulator signed the notice, with a new key perhaps; Hindrance
    while its keys cannot be had.
    """
    try:
        _verify_by_known_keys(platform, request, body)
    except signature.BadSignature as bad:
        if bad.code != "key_unknown":
            raise
        await platform.regulator_keys.read()
        _verify_by_known_keys(platform, request, body)


def _verify_by_known_keys(platform: Platform, request: Request, body: bytes) -> None:
    signature.verify(
        method=request.method,
        path=request.scope["raw_path"].decode(),
        query=request.scope["query_string"].decode(),
        headers=dict(request.headers),
        body=body,
        key_of=platform.regulator_keys.named,
        now=wall_now(),
    )


async def rectify(request: Request, body: RectificationBody | None = None) -> JSONResponse:
    """Hands in the 17 materials and asks for re-inspection."""
    platform = _platform(request)
    registration = platform.connection.registration
    if registration is None:
        return _refused(503, "the platform is not registered")
    try:
        named = None if body is None else body.case
        case = await rectification.rectify(platform, registration.uscc, named)
    except Hindrance as hindrance:
        return _refused(502, str(hindrance))
    return JSONResponse(
        {"case": case["id"], "status": case["status"], "findings": case["findings"]}
    )


async def health(request: Request) -> JSONResponse:
    """Ready when registered and authorized; otherwise what the platform is waiting for."""
    connection = _platform(request).connection
    if connection.is_ready:
        return JSONResponse({"ready": True})
    return JSONResponse({"ready": False, "waiting_for": connection.waiting_for}, 503)


async def person(
    request: Request, resident_id: Annotated[str, Query(min_length=1)]
) -> JSONResponse:
    """Which recipients have received which of a person's data (PIPL art. 39, 44)."""
    platform = _platform(request)
    received: dict[tuple[str, str], list[Journey]] = {}
    for journey in platform.outbox.of_person(platform.person(resident_id)):
        payment = journey.payment
        if journey.left_at is not None and payment.recipient and payment.country:
            received.setdefault((payment.recipient, payment.country), []).append(journey)
    recipients = [
        {
            "recipient": recipient,
            "country": country,
            "purpose": PURPOSE,
            "categories": sorted({code for journey in sent for code in journey.categories}),
            "payments": len(sent),
            "last_sent_at": max(f"{journey.left_at:%Y-%m-%dT%H:%M:%SZ}" for journey in sent),
        }
        for (recipient, country), sent in sorted(received.items())
    ]
    return JSONResponse({"recipients": recipients})


def _platform(request: Request) -> Platform:
    platform: Platform = request.app.state.platform
    return platform


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _refused(status: int, reason: str, **facts: str) -> JSONResponse:
    return JSONResponse({"status": "refused", "reason": reason, **facts}, status)


def _wrong(error: ValidationError) -> list[str]:
    """Each wrong field with what it must be; the value is a person's and is not repeated."""
    return [
        f"{'.'.join(str(part) for part in wrong['loc']) or 'body'}: {wrong['msg']}"
        for wrong in error.errors(include_input=False, include_url=False, include_context=False)
    ]
