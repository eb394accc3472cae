"""The regulator's side of an alert: read all of them, close one, or escalate it."""

from typing import Annotated

from pydantic import Field, StringConstraints

from simulator.catalogue import suggest
from simulator.control.problems import Refused
from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.control.telling import Told, put
from simulator.messages.alert import Alert
from simulator.messages.base import Message
from simulator.regulator import views
from simulator.regulator.lifecycle import alert
from simulator.world import Site

router = Resource(prefix="/sandboxes/{sandbox}/alerts", tags=["alerts"])

Id = Annotated[str, StringConstraints(max_length=100)]


class Word(Message):
    """Body of a closing or an escalation."""

    reason: Annotated[str, Field(max_length=500)] = ""


class Alerts(Message):
    """Every alert of the sandbox."""

    items: tuple[Alert, ...]


@router.get("", operation_id="list_all_alerts")
async def read(here: Here) -> Alerts:
    """All platforms', oldest first."""
    return Alerts(items=tuple(map(views.alert, here.office.state.alerts.values())))


@router.post("/{id}/closing", operation_id="close_alert")
async def close(here: Here, id: Id, request: Word) -> Told:
    """The regulator is satisfied."""
    _known(here, id)
    now = here.sandbox.clock.now()
    outcome = alert.close(here.office.state, id, request.reason, now)
    return await put(here, f"close {id}", outcome)


@router.post("/{id}/escalation", operation_id="escalate_alert")
async def escalate(here: Here, id: Id, request: Word) -> Told:
    """The regulator is not satisfied; the policy says what follows."""
    _known(here, id)
    now = here.sandbox.clock.now()
    outcome = alert.escalate(here.office.state, id, request.reason, now)
    return await put(here, f"escalate {id}", outcome)


def _known(site: Site, id: str) -> None:
    there = list(site.office.state.alerts)
    if id not in there:
        remedy = suggest(id, there[-200:]) if there else "none was raised yet"
        raise Refused.at(
            "alert_unknown",
            "path:id",
            id,
            f"name an alert; {remedy}",
            detail=f"there is no alert {id!r}; {remedy}",
        )
