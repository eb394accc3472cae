"""The parties of an examination; they witness, and know nothing of who will judge them.

  merchants ── payment ──► platform under test ─┬─ declaration, transmission,
      │                        ▲                │  feed, lineage ──────────► regulator ─┐
      │                        └──── notice ────┼───────────────────────────────┘       │
      │                                         └─ payload ──────────────► recipient ───┤
      └── what was asked for ───────────────────────────────────────────────────────► journal

    messages            what travels on the wire, one file a message
    clock               the only place that asks what time it is
    law                 the dated rule packs, categories, materials and limits
    journal             what was seen and decided: append, read, verify
    sandbox             one isolated world: its keys, clock, seed, faults and journal
    regulator           hears, decides, monitors, tells
    recipient           takes any payload on any path and keeps it byte for byte
    faults              what can go wrong on the way, one fault a file
    transport           what a fault does to a connection
    control             the testers' door: sandboxes, clock, faults, decisions, orders, journal
    world               every sandbox of one state directory, with the parties in it
    serve               one process, one port, one order of everything
    reference_platform  a payment platform that passes, and its deliberate defects
    catalogue           a folder is a list

Every arrow that reaches regulator or recipient is one entry of the journal. The judge reconciles
the three accounts in it: what merchants asked for, what the regulator was told, what the recipient
received.
"""
