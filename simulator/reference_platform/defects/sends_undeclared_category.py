"""Amounts and mobiles go on leaving after their categories were withdrawn from the
authorization.
"""

from simulator.reference_platform.defects import defect, sends_in_spite_of

DEFECT = defect(
    id="sends_undeclared_category",
    title="Sends a category that is not authorized",
    step="hold_back",
    meant_for="DEC-02",
)(sends_in_spite_of("category_outside"))
