"""A second honest platform, built otherwise than the first, so that the judge has not learnt one
platform by heart.

It shares no code with the simulator: threads and `http.server` instead of asyncio, forms instead of
JSON, batches instead of single payments, polling instead of callbacks, signatures by hand.

    counter.py     merchants hand in orders, as forms
    platform.py    orders, permits, and the threads that watch, gather and carry
    batch.py       the life of one batch, step by step
    payload.py     what leaves, in which form, and that the same is declared
    regulator.py   asking the regulator; signing.py signs, wire.py carries
    watch.py       registration, declarations, notices, permits
    dossier.py     the 17 materials
    ledger.py      what survives a kill
    target.py      the target file by which it is examined
"""
