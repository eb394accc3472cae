"""A refusal on the wire: RFC 9457 problem details with a stable code and every error at once."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class ProblemError(BaseModel):
    """One thing that is wrong with a message: where, what was seen, what was expected."""

    model_config = ConfigDict(frozen=True)

    pointer: str
    """RFC 6901 JSON pointer into the body, or `header:<name>`, `query:<name>`, `path:<name>`."""
    code: str
    detail: str
    value: Any = None
    expected: str | None = None


class Problem(BaseModel):
    """`application/problem+json`; `code` never changes its meaning."""

    model_config = ConfigDict(frozen=True)

    type: str
    """`urn:reinspect:problem:<code>`"""
    title: str
    status: int
    code: str
    detail: str
    clause: str | None = None
    """The rule that the message breaks, where there is one."""
    errors: tuple[ProblemError, ...] = ()
