"""The one durable thing: the ordered, append-only, hash-chained account of a sandbox.

records            what an entry can say
events/            what the regulator can decide, one file a lifecycle
entry              one entry: sealed on writing, read back in any format up to this version's own
sqlite             keeps the entries: what is asked of the store becomes rows
writer             commits everything that waits at once, and knows what to do when it cannot
database           the file: opened, owned, and still where it was
ndjson             carries a journal in a file, one entry a line
stretches          reads such a file in several places at once, each proved by itself
verify             proves that a journal is whole; needs nothing but the standard library
"""
