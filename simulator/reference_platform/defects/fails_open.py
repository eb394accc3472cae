"""When the regulator cannot be reached, payments leave without its leave."""

from simulator.reference_platform.defects import defect, sends_in_spite_of

DEFECT = defect(
    id="fails_open",
    title="Fails open",
    step="hold_back",
    meant_for="RES-02",
)(sends_in_spite_of("regulator_unreachable"))
