"""Whether what left is what was asked for: the merchants' account held against the recipients'.

It convicts nobody, for a payment may be held back with good reason. Whoever loads a platform reads
here whether anything was lost.
"""

from scenarios.judge.assembly import Assembly


def conserved(assembly: Assembly) -> dict[str, int]:
    """How many payments abroad were `settled` as the platform says, of how many of these nothing
    was seen to arrive (`unseen`), and how many payloads could be tied to no payment (`unclaimed`).
    As long as there are any of those, nobody can tell what the unseen ones were."""
    followed = assembly.evidence.followed
    settled = [
        id
        for id, payment in assembly.payments.items()
        if not payment.domestic and followed.get(id) == "settled"
    ]
    return {
        "settled": len(settled),
        "unseen": sum(id not in assembly.carried for id in settled),
        "unclaimed": sum(not payload.payments for payload in assembly.payloads()),
    }
