"""A payment platform that passes: small, honest, readable; what an integrator reads first and
copies from.

Read it in this order:

    payment.py            what a merchant submits, and what is let in
    platform.py           the flow of one payment, top to bottom
    journey.py            how far a payment has come, and what can stand in its way
    steps.py              the named steps: the list of what an integration must get right
    contracts.py          whom the platform settles with, and what it declares
    crossing.py           announce, wait, feed, send, report, close, trace; hold back and abort
    desensitise.py        what may leave, and in which form
    authorizations.py     current versions, signed by the regulator, and nothing else
    orders.py             what is forbidden now, and the gate that payloads pass
    notices.py            each notice once, in order
    connection.py         registration, declarations, polling
    samples.py            what left, out of the own books
    rectification.py      the 17 materials
    regulator_client.py   signed requests, back-off
    recipient_client.py   how a payload leaves
    outbox.py, home.py    what survives a kill
    app.py, serve.py      HTTP in, and the process
    defects/              one deliberate wrong a file; each replaces one step
"""

from simulator.reference_platform.serve import serve

__all__ = ["serve"]
