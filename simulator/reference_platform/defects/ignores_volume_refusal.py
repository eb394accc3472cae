"""Payments beyond the quota leave although the regulator refused to permit them."""

from simulator.reference_platform.defects import defect, sends_in_spite_of

DEFECT = defect(
    id="ignores_volume_refusal",
    title="Ignores that the quota is used up",
    step="hold_back",
    meant_for="MON-03",
)(sends_in_spite_of("quota_exceeded"))
