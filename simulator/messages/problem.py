"""A refusal on the wire: RFC 9457 problem details with a stable code and every error at once."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

POINTER = r"^(|/[\s\S]*|(header|query|path):[\s\S]*|method|path|header)$"


class ProblemError(BaseModel):
    """One thing that is wrong with a message: where, what was seen, what was expected."""

    model_config = ConfigDict(frozen=True)

    pointer: Annotated[str, StringConstraints(pattern=POINTER)]
    """RFC 6901 JSON pointer into the body; `header:<name>`, `query:<name>` or `path:<name>`;
    `method`, `path` or `header` for all of it; empty for the message as a whole."""
    code: str
    detail: str
    value: Any = None
    """What was said there, or the state that stood in the way; `null` where there is nothing."""
    expected: str
    """What it must be or do, to be read behind "must"."""


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
    errors: Annotated[tuple[ProblemError, ...], Field(min_length=1)]
    """Everything that is wrong, the gravest first."""
