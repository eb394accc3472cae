"""The testers' door, `/control`: apart from the interface that it controls, with a token of its
own.

app         puts the application together: token, problems, resources
problems    every way in which a tester's request is refused
sandboxes   create, read, reset, delete
clock       read, set the rate, advance
pending     everything that waits for its time or for a hand
policy      what the regulator decides and does at once, later, or by hand
decisions   the decisions that wait for a hand
orders      stop, suspend, lift, revoke, inspect, sample, grant; now, later, or when released
script      a regulator that acts on its own, from the seed
alerts      close or escalate what the monitoring noticed
faults      arm, read, revert
recipients  what they reply
records     what merchants saw, and the marks of a run
journal     the export
"""
