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

from simulator.journal.sqlite import RETRY_AFTER_S, StoreFailed
from simulator.law.working_days import BeyondCalendar
from simulator.messages.problem import Problem, ProblemError
from simulator.regulator.reading import shown, told
from simulator.regulator.refusal import CODES, Refusal, wrong
from simulator.sandbox import SandboxClosed

TITLES: dict[str, tuple[int, str]] = {
    "json_malformed": (400, "The body is not JSON"),
    "body_invalid": (422, "The request is missing something or says something impossible"),
    "token_missing": (401, "The control token is missing"),
    "token_wrong": (403, "The control token is wrong"),
    "not_found": (404, "There is nothing here"),
    "method_not_allowed": (405, "The resource has no such method"),
    "sandbox_unknown": (404, "There is no such sandbox"),
    "sandbox_exists": (409, "A sandbox of this id exists"),
    "snapshot_broken": (422, "The file is not the snapshot that was taken"),
    "snapshot_newer": (422, "The snapshot is of a newer version"),
    "fault_unknown": (404, "No such fault is armed"),
    "fault_unavailable": (409, "This simulator has nothing for the fault to strike"),
    "platform_unknown": (409, "No such platform is registered"),
    "order_unknown": (404, "There is no such order"),
    "alert_unknown": (404, "There is no such alert"),
    "script_unknown": (404, "No script was set"),
    "subject_unknown": (404, "There is nothing of this id to decide"),
    "clock_backwards": (422, "The clock cannot go back"),
    "journal_unavailable": (503, "The journal cannot be written"),
}


class Refused(Exception):
    """A tester's request that is refused; only the edge of HTTP knows it."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[ProblemError] = (),
        status: int | None = None,
        clause: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        known_status, title = TITLES[code] if code in TITLES else _of_the_regulator(code)
        self.headers = headers
        self.problem = Problem(
            type=f"urn:reinspect:problem:{code}",
            title=title,
            status=status or known_status,
            code=code,
            detail=detail,
            clause=clause,
            errors=tuple(errors),
        )

    @classmethod
    def by_the_regulator(cls, refusal: Refusal) -> "Refused":
        """A command that the regulator's own rules do not allow."""
        return cls(
            refusal.code,
            refusal.detail,
            errors=refusal.errors,
            status=refusal.status,
            clause=refusal.clause,
        )

    @classmethod
    def invalid(cls, pointer: str, value: object, must: str) -> "Refused":
        """One field is wrong in a way that only the state of the sandbox tells."""
        error = ProblemError(
            pointer=pointer,
            code="body_invalid",
            detail=f"{pointer} must {must}, but was {value!r}",
            value=value,
            expected=must,
        )
        return cls("body_invalid", error.detail, errors=[error])


def _of_the_regulator(code: str) -> tuple[int, str]:
    return CODES[code].status, CODES[code].title


def errors_of(found: Sequence[Any], prefix: str = "") -> list[ProblemError]:
    """What pydantic found in a request, in the regulator's words; `prefix` is the pointer of what
    it read."""
    return [_told(error, prefix) for error in found]


def _told(error: ErrorDetails, prefix: str) -> ProblemError:
    place, *below = error["loc"] or ("body",)
    if place in ("query", "path", "header"):
        pointer = f"{place}:{'.'.join(map(str, below))}"
        return wrong("body_invalid", pointer, shown(error["input"]), error["msg"])
    inside = error.copy()
    inside["loc"] = tuple(below) if place == "body" else error["loc"]
    said = told(inside)
    where = prefix + said.pointer
    return said.model_copy(
        update={
            "pointer": where,
            "detail": f"{prefix}{said.detail}" if said.pointer else said.detail,
        }
    )


def body_invalid(errors: Sequence[ProblemError]) -> Refused:
    """All of `errors`, of which there is at least one, in one refusal."""
    more = f" (and {len(errors) - 1} more, see errors)" if len(errors) > 1 else ""
    return Refused("body_invalid", errors[0].detail + more, errors=errors)


def install(app: FastAPI) -> None:
    """Every error of `app` leaves it as a problem."""

    @app.exception_handler(Refused)
    async def refused(request: Request, refusal: Refused) -> JSONResponse:
        return answer_with(refusal)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, mistake: RequestValidationError) -> JSONResponse:
        found = mistake.errors()
        if found[0]["type"] == "json_invalid":
            place = found[0]["loc"][-1]
            reason = found[0]["ctx"]["error"]
            return answer_with(Refused("json_malformed", f"at character {place}: {reason}"))
        return answer_with(body_invalid(errors_of(found)))

    @app.exception_handler(ValidationError)
    async def impossible(request: Request, mistake: ValidationError) -> JSONResponse:
        return answer_with(body_invalid(errors_of(mistake.errors())))

    @app.exception_handler(StoreFailed)
    @app.exception_handler(SandboxClosed)
    async def not_written(request: Request, failure: Exception) -> JSONResponse:
        patience = {"retry-after": str(RETRY_AFTER_S)}
        return answer_with(Refused("journal_unavailable", str(failure), headers=patience))

    @app.exception_handler(BeyondCalendar)
    async def not_counted(request: Request, beyond: BeyondCalendar) -> JSONResponse:
        return answer_with(Refused("calendar_exhausted", str(beyond)))

    @app.exception_handler(HTTPException)
    async def not_here(request: Request, mistake: HTTPException) -> JSONResponse:
        if mistake.status_code == 400:  # No UTF-8, nested too deeply, or a number too long.
            return answer_with(Refused("json_malformed", "the body cannot be read as JSON"))
        code = "method_not_allowed" if mistake.status_code == 405 else "not_found"
        detail = f"{request.method} {request.url.path}; /control/openapi.json lists what there is"
        return answer_with(Refused(code, detail, headers=dict(mistake.headers or {})))


def answer_with(refusal: Refused) -> JSONResponse:
    """The problem that tells of a refusal."""
    return JSONResponse(
        refusal.problem.model_dump(mode="json"),
        refusal.problem.status,
        headers=refusal.headers,
        media_type="application/problem+json",
    )
