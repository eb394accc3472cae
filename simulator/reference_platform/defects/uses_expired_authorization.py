"""An authorization that has expired is used on: neither its end nor the regulator's refusal holds
anything back.
"""

from simulator.reference_platform.defects import defect, sends_in_spite_of

DEFECT = defect(
    id="uses_expired_authorization",
    title="Uses an expired authorization",
    step="hold_back",
    meant_for="DEC-08",
)(sends_in_spite_of("authorization_expired", "authorization_ending"))
