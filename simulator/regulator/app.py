"""Puts the regulator's FastAPI application together, and nothing else.

Its paths are whole, `/{sandbox}/v1/...`, so that it is mounted at `/`. The description of a
sandbox's interface is at `/{sandbox}/v1/openapi.json`, of its events at `asyncapi.json` there.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from simulator.regulator import views
from simulator.regulator.answered import PROBLEM, as_bytes
from simulator.regulator.api import Operation, operations
from simulator.regulator.office import Office
from simulator.regulator.published import asyncapi, openapi
from simulator.regulator.reading import shown
from simulator.regulator.refusal import Refusal, refuse_plainly

Offices = Callable[[str], Office | None]
BASE = "/{sandbox}/v1"


def build(offices: Offices) -> FastAPI:
    """The application; `offices` finds the office of a sandbox, or `None`."""
    app = FastAPI(
        title="reinspect: the regulator, for platforms",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    routes = [_route(offices, operation) for operation in operations()]
    app.router.routes[:] = [
        *routes,
        Route(f"{BASE}/openapi.json", _describe(offices, _openapi_of), methods=["GET"]),
        Route(f"{BASE}/asyncapi.json", _describe(offices, _asyncapi_of), methods=["GET"]),
        _elsewhere(offices, routes),
    ]
    return app


def _route(offices: Offices, operation: Operation) -> Route:
    async def answer(request: Request) -> Response:
        office = offices(request.path_params["sandbox"])
        if office is None:
            return _no_sandbox(request.path_params["sandbox"])
        return await office.receive(request, operation)

    route = Route(f"{BASE}{operation.path}", answer, methods=[operation.method], name=operation.id)
    route.methods = {operation.method}  # HEAD is not an operation of the interface.
    return route


def _describe(
    offices: Offices, document: Callable[[Office], dict[str, Any]]
) -> Callable[[Request], Awaitable[Response]]:
    async def describe(request: Request) -> Response:
        sandbox = request.path_params["sandbox"]
        office = offices(sandbox)
        return _no_sandbox(sandbox) if office is None else JSONResponse(document(office))

    return describe


def _openapi_of(office: Office) -> dict[str, Any]:
    opened = office.sandbox.opened
    return openapi.document(office.sandbox.id, scenario_headers=opened.scenario_headers)


def _asyncapi_of(office: Office) -> dict[str, Any]:
    return asyncapi.document(office.sandbox.id)


def _elsewhere(offices: Offices, routes: list[Route]) -> Route:
    """Takes every path; Starlette's own pattern would leave out those with a line break."""
    route = Route("/{rest:path}", _Elsewhere(offices, routes))
    route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
    return route


class _Elsewhere:
    """Answers what no operation takes: a path that is not there, a method that it does not have."""

    def __init__(self, offices: Offices, routes: list[Route]) -> None:
        self._offices = offices
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        _, sandbox, *rest = (scope["path"] + "/").split("/")
        office = self._offices(sandbox)
        if office is None:
            response = _no_sandbox(sandbox)
        elif rest[:1] != ["v1"]:
            where = f"there is nothing at {shown(scope['path'])}; the interface is at /{sandbox}/v1"
            response = _problem(refuse_plainly("not_found", where, scope["path"]))
        else:
            response = await office.receive(request, None, allowed=self._allowed(scope))
        await response(scope, receive, send)

    def _allowed(self, scope: Scope) -> list[str]:
        return sorted(
            method
            for route in self._routes
            if route.matches(scope)[0] is Match.PARTIAL
            for method in route.methods or ()
        )


def _no_sandbox(sandbox: str) -> Response:
    """Nobody keeps a journal of a place that is not there."""
    return _problem(
        refuse_plainly("sandbox_unknown", f"there is no sandbox {sandbox[:200]!r}", sandbox)
    )


def _problem(refusal: Refusal) -> Response:
    content = as_bytes(views.problem(refusal).model_dump(mode="json"))
    return Response(content, refusal.status, media_type=PROBLEM)
