"""One breach: a fixed sentence plus facts, always with the expected and the seen value."""

from dataclasses import dataclass, field
from typing import Literal, Protocol


class Subject(Protocol):
    """Whatever a finding can be about: a dossier that knows its own name and where it stands in the
    journal."""

    @property
    def subject(self) -> str: ...

    @property
    def story(self) -> str: ...

    @property
    def entries(self) -> tuple[int, ...]: ...


Witness = Literal["regulator", "recipient", "notices"]
Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` is fixed text; everything that varies stands in `expected`, `seen` and `facts`."""

    sentence: str
    about: Subject
    expected: str
    seen: str
    absent_from: Witness | None = None
    """The witness whose silence the finding rests on: where a fault had blinded it, the finding is
    only a doubt."""
    may_come: bool = False
    """It rests on something that is missing and that no fault can have hidden. As with
    `absent_from`, it is only a doubt where the run broke off before that was due."""
    rests_on_join: bool = False
    """The finding is true only if payload and payment were joined rightly: an ambiguous join makes
    it a doubt."""
    starved: str | None = None
    """Why the machine, and not the platform, may have been late: then the finding is only a
    doubt."""
    facts: dict[str, Fact] = field(default_factory=dict)
