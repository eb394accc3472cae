"""The codes that only a tester sees. All others are the regulator's own, and mean here what they
mean there."""

from simulator.regulator.refusal import CODES as OF_THE_REGULATOR
from simulator.regulator.refusal import Code

CODES: dict[str, Code] = {
    "token_missing": Code(401, "The control token is missing"),
    "token_wrong": Code(403, "The control token is wrong"),
    "sandbox_exists": Code(409, "A sandbox of this id exists"),
    "snapshot_broken": Code(422, "The file is not the snapshot that was taken"),
    "snapshot_newer": Code(422, "The snapshot is of a newer version"),
    "fault_unknown": Code(404, "No such fault is armed"),
    "fault_unavailable": Code(409, "This simulator has nothing for the fault to strike"),
    "platform_unknown": Code(409, "No such platform is registered"),
    "order_unknown": Code(404, "There is no such order"),
    "alert_unknown": Code(404, "There is no such alert"),
    "script_unknown": Code(404, "No script was set"),
    "subject_unknown": Code(404, "There is nothing of this id to decide"),
}


def code(id: str) -> Code:
    """What a code says, whoever else uses it; KeyError for one that is not there."""
    return CODES[id] if id in CODES else OF_THE_REGULATOR[id]
