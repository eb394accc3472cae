"""Puts `/control` together: the token, the problems, one router a resource."""

import hmac
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.control import (
    alerts,
    clock,
    decisions,
    faults,
    journal,
    keys,
    notices,
    orders,
    pending,
    policy,
    problems,
    rates,
    recipients,
    records,
    sandboxes,
    saturation,
    script,
    snapshots,
)
from simulator.messages.problem import Problem
from simulator.regulator.refusal import veiled
from simulator.world import World

RESOURCES = (
    sandboxes, snapshots, clock, pending, policy, decisions, orders, script, alerts, keys, rates,
    notices, faults,
    recipients, records, journal, saturation,
)  # fmt: skip

AUTHORIZATION = "header:authorization"
_bearer = HTTPBearer(
    auto_error=False, description="The control token that `serve` was given or made."
)


async def require_token(
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Says in the description that the token is needed; the doorkeeper has asked for it."""


class Doorkeeper:
    """Lets only the tester in, before a byte of the body is read: whoever has no token must not
    fill the memory. The comparison takes the same time however much of the token is right."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal_of(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await problems.answer_with(refusal)(scope, receive, send)

    def _refusal_of(self, scope: Scope) -> problems.Refused | None:
        scheme, given = get_authorization_scheme_param(
            Headers(scope=scope).get("authorization", "")
        )
        if scheme.lower() != "bearer" or not given:
            return problems.Refused.at(
                "token_missing",
                AUTHORIZATION,
                None,
                "be `Bearer <control token>`",
                detail="send the header `Authorization: Bearer <control token>`",
                headers={"www-authenticate": "Bearer"},
            )
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._token):
            return problems.Refused.at(
                "token_wrong",
                AUTHORIZATION,
                veiled(given),
                "hold the token in `control-token` of the state directory",
                detail="the token differs from the one in `control-token` of the state directory",
            )
        return None


def build(world: World, token: str) -> FastAPI:
    """The application for everything below `/control`."""
    app = FastAPI(
        title="reinspect control",
        version="1",
        summary="For testers: sandboxes, clock, faults, decisions, orders, journal.",
        dependencies=[Depends(require_token)],
        responses={"4XX": {"model": Problem, "description": "Refused, and why"}},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # A wrong address is refused, not sent to another.
    )
    app.state.world = world
    app.add_middleware(Doorkeeper, token=token)
    problems.install(app)
    for resource in RESOURCES:
        app.include_router(resource.router)
    return app
