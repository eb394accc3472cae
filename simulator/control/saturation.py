"""How near the simulator is to its own limit, for whoever measures a platform with it."""

from pydantic import Field

from simulator.control.resource import Resource
from simulator.control.site import TheWorld
from simulator.messages.base import Message

router = Resource(prefix="/saturation", tags=["saturation"])


class SaturationMessage(Message):
    """Answer of `GET /saturation`; times are of the last five seconds."""

    event_loop_lag_s: float = Field(description="The worst lag of the event loop.")
    processor_share: float = Field(description="Processors used; 1 is one of them wholly.")
    journal_queue: int = Field(description="Rows that wait for the journal's next commit.")
    in_flight_requests: int = Field(description="Requests under way, this one included.")


@router.get("", operation_id="read_saturation")
async def read(world: TheWorld) -> SaturationMessage:
    """Reads the gauges that `/metrics` tells too."""
    near = world.saturation
    return SaturationMessage(
        event_loop_lag_s=near.loop_lag_s,
        processor_share=near.processor_share,
        journal_queue=world.journal_queue(),
        in_flight_requests=near.in_flight,
    )
