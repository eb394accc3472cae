"""Everything the regulator can decide, one file a lifecycle. State is a fold over these and nothing
else.

Each event names its aggregate by id and carries what `evolve` needs, so that recovery never decides
again. `at` is sandbox time. The judge reads them from the journal; the regulator alone makes them.

An event is imported from its own file. Here stands only what any of them can be.
"""

from typing import Annotated

from pydantic import Field

from simulator.journal.events.alert import AlertEvent
from simulator.journal.events.authorization import AuthorizationEvent
from simulator.journal.events.case import CaseEvent
from simulator.journal.events.certification import CertificationEvent
from simulator.journal.events.contract import ContractEvent
from simulator.journal.events.declaration import DeclarationEvent
from simulator.journal.events.feed import FeedTaken
from simulator.journal.events.headcount import HeadcountEvent
from simulator.journal.events.inspection import InspectionEvent
from simulator.journal.events.key import KeyEvent
from simulator.journal.events.lineage import LineageRecorded
from simulator.journal.events.notice import NoticeEvent
from simulator.journal.events.order import OrderEvent
from simulator.journal.events.planned_order import PlannedOrderEvent
from simulator.journal.events.policy import PolicyChanged
from simulator.journal.events.rates import RatesSet
from simulator.journal.events.registration import RegistrationEvent
from simulator.journal.events.regulator_key import RegulatorKeyAnnounced
from simulator.journal.events.script import ScriptEvent
from simulator.journal.events.transmission import TransmissionEvent

Event = Annotated[
    RegistrationEvent
    | KeyEvent
    | RegulatorKeyAnnounced
    | DeclarationEvent
    | AuthorizationEvent
    | TransmissionEvent
    | FeedTaken
    | LineageRecorded
    | AlertEvent
    | InspectionEvent
    | PlannedOrderEvent
    | ScriptEvent
    | OrderEvent
    | CaseEvent
    | HeadcountEvent
    | ContractEvent
    | CertificationEvent
    | NoticeEvent
    | PolicyChanged
    | RatesSet,
    Field(discriminator="event"),
]
