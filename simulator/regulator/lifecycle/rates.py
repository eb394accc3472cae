"""How often one may ask: the latest word of a tester holds."""

from typing import TYPE_CHECKING

from simulator.journal.events.rates import RatesSet
from simulator.regulator.keeping import Keeping

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


def _keep(state: "RegulatorState", event: RatesSet) -> None:
    state.rates = event


KEPT = Keeping(kept_in="rates", folds={RatesSet: _keep})
