"""Every way in which a tester's request is refused, as RFC 9457 problems: all that is wrong at
once, with a remedy."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from simulator.control.codes import code
from simulator.journal.writer import RETRY_AFTER_S, StoreFailed
from simulator.law.working_days import BeyondCalendar
from simulator.messages.problem import Problem, ProblemError
from simulator.regulator.reading import refuse_json, shown, told
from simulator.regulator.refusal import Refusal, beyond_calendar, refuse_plainly, wrong
from simulator.sandbox import SandboxClosed


class Refused(Exception):
    """A tester's request that is refused for `errors`, at least one; only the edge of HTTP knows
    it."""

    def __init__(
        self,
        id: str,
        detail: str,
        errors: Sequence[ProblemError],
        *,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        told = code(id)
        self.headers = headers
        self.problem = Problem(
            type=f"urn:reinspect:problem:{id}",
            title=told.title,
            status=told.status,
            code=id,
            detail=detail,
            clause=told.clause,
            errors=tuple(errors),
        )

    @classmethod
    def at(
        cls,
        id: str,
        pointer: str,
        value: object,
        must: str,
        *,
        detail: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> "Refused":
        """One thing is wrong: where, what was seen, and what it must do or be; `detail` where
        these make no good sentence."""
        error = wrong(id, pointer, shown(value), must)
        if detail is not None:
            error = error.model_copy(update={"detail": detail})
        return cls(id, error.detail, [error], headers=headers)

    @classmethod
    def by_the_regulator(cls, refusal: Refusal) -> "Refused":
        """A command that the regulator's own rules do not allow."""
        return cls(refusal.code, refusal.detail, refusal.errors)

    @classmethod
    def invalid(cls, pointer: str, value: object, must: str) -> "Refused":
        """One field is wrong in a way that only the state of the sandbox tells."""
        return cls.at("body_invalid", pointer, value, must)


def errors_of(found: Sequence[Any], prefix: str = "") -> list[ProblemError]:
    """What pydantic found in a request, in the regulator's words; `prefix` is the pointer of what
    it read."""
    return [_told(error, prefix) for error in found]


def _told(error: ErrorDetails, prefix: str) -> ProblemError:
    place, *below = error["loc"] or ("body",)
    if place in ("query", "path", "header"):
        inside, where = told(error), f"{place}:{'.'.join(map(str, below))}"
    else:
        found = error.copy()
        found["loc"] = tuple(below) if place == "body" else error["loc"]
        inside = told(found)
        where = prefix + inside.pointer
    return inside.model_copy(
        update={"pointer": where, "detail": inside.detail.replace(inside.pointer, where, 1)}
    )


def body_invalid(errors: Sequence[ProblemError]) -> Refused:
    """All of `errors`, of which there is at least one, in one refusal."""
    more = f" (and {len(errors) - 1} more, see errors)" if len(errors) > 1 else ""
    return Refused("body_invalid", errors[0].detail + more, errors)


def install(app: FastAPI) -> None:
    """Every error of `app` leaves it as a problem."""

    @app.exception_handler(Refused)
    async def refused(request: Request, refusal: Refused) -> JSONResponse:
        return answer_with(refusal)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, mistake: RequestValidationError) -> JSONResponse:
        return answer_with(body_invalid(errors_of(mistake.errors())))

    @app.exception_handler(ValidationError)
    async def impossible(request: Request, mistake: ValidationError) -> JSONResponse:
        return answer_with(body_invalid(errors_of(mistake.errors())))

    @app.exception_handler(StoreFailed)
    @app.exception_handler(SandboxClosed)
    async def not_written(request: Request, failure: Exception) -> JSONResponse:
        refusal = refuse_plainly("journal_unavailable", str(failure), "not written")
        patience = {"retry-after": str(RETRY_AFTER_S)}
        return answer_with(Refused(refusal.code, refusal.detail, refusal.errors, headers=patience))

    @app.exception_handler(BeyondCalendar)
    async def not_counted(request: Request, beyond: BeyondCalendar) -> JSONResponse:
        return answer_with(Refused.by_the_regulator(beyond_calendar(beyond)))

    @app.exception_handler(HTTPException)
    async def not_here(request: Request, mistake: HTTPException) -> JSONResponse:
        if mistake.status_code == 400:  # A number that is too long even for Python.
            reason = "the body cannot be read as JSON"
            return answer_with(Refused.by_the_regulator(refuse_json(reason)))
        return answer_with(_no_operation(app, request, mistake.status_code))


def _no_operation(app: FastAPI, request: Request, status: int) -> Refused:
    path = request.url.path
    detail = f"{request.method} {shown(path)}; /control/openapi.json lists what there is"
    if status != 405:
        must = "be one that /control/openapi.json lists"
        return Refused.at("not_found", "path", path, must, detail=detail)
    methods = _methods_at(app, path.removeprefix(request.scope.get("root_path", "")))
    return Refused.at(
        "method_not_allowed",
        "method",
        request.method,
        f"be {' or '.join(methods)}",
        detail=detail,
        headers={"allow": ", ".join(methods)},
    )


def _methods_at(app: FastAPI, path: str) -> list[str]:
    """Starlette itself would name those of the first operation alone."""
    for template, operations in app.openapi()["paths"].items():
        if compile_path(template)[0].match(path):
            return sorted(method.upper() for method in operations)
    return ["GET"]  # Of the description itself.


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers whoever asks the tester's port for something that it has not."""
    must = "be one that /control/openapi.json lists, /metrics, /healthz or /readyz"
    refusal = Refused.at("not_found", "path", scope["path"], must)
    await answer_with(refusal)(scope, receive, send)


def answer_with(refusal: Refused) -> JSONResponse:
    """The problem that tells of a refusal."""
    return JSONResponse(
        refusal.problem.model_dump(mode="json"),
        refusal.problem.status,
        headers=refusal.headers,
        media_type="application/problem+json",
    )
