"""An order to stop is acknowledged and not obeyed."""

from simulator.reference_platform.defects import defect, sends_in_spite_of

DEFECT = defect(
    id="ignores_stop",
    title="Ignores a stop",
    step="hold_back",
    meant_for="MON-04",
)(sends_in_spite_of("authorization_stopped"))
