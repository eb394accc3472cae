"""A revoked authorization is used on, as if taking it back were advice."""

from simulator.reference_platform.defects import defect, sends_in_spite_of

DEFECT = defect(
    id="ignores_revocation",
    title="Ignores a revocation",
    step="hold_back",
    meant_for="WHL-04",
)(sends_in_spite_of("authorization_revoked"))
