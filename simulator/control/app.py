"""Puts `/control` together: the token, the problems, one router a resource."""

import hmac
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from simulator.control import (
    clock,
    decisions,
    faults,
    journal,
    orders,
    policy,
    problems,
    recipients,
    records,
    sandboxes,
    saturation,
)
from simulator.messages.problem import Problem
from simulator.world import World

RESOURCES = (
    sandboxes, clock, policy, decisions, orders, faults, recipients, records, journal, saturation
)  # fmt: skip

_bearer = HTTPBearer(
    auto_error=False, description="The control token that `serve` was given or made."
)


async def require_token(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Lets only the tester in; the comparison takes the same time however much of the token is
    right."""
    if given is None:
        raise problems.Refused(
            "token_missing",
            "send the header `Authorization: Bearer <control token>`",
            headers={"www-authenticate": "Bearer"},
        )
    right: str = request.app.state.token
    if not hmac.compare_digest(given.credentials.encode(), right.encode()):
        raise problems.Refused(
            "token_wrong",
            "the token differs from the one in `control-token` of the state directory",
        )


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
    )
    app.state.world = world
    app.state.token = token
    problems.install(app)
    for resource in RESOURCES:
        app.include_router(resource.router)
    return app
