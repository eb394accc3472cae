"""A suspension is acknowledged and not obeyed."""

from simulator.reference_platform.defects import defect, sends_in_spite_of

DEFECT = defect(
    id="ignores_suspension",
    title="Ignores a suspension",
    step="hold_back",
    meant_for="SUS-01",
)(sends_in_spite_of("authorization_suspended"))
