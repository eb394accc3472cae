"""The regulator, room by room, so that a reader knows where each answer is given.

app, openapi    put the HTTP side together and describe it
api/            one resource a file: reads a message, asks a lifecycle, tells the answer
unusual         the same answer, said in another way that the schema allows
office          the one door: faults strike there, and every request leaves one entry in the journal
desk            every check of a request in its order, and the question to a lifecycle
heard, reading, memory    a request as it came, what it says, and what was said before
senders         whose signature it is
answered        what a request came to, and its response
folding         state, one entry ahead of the journal while an answer is made
ticking, alarm  timers that are due are run, and what wakes them
courier         brings notices to the platform's callback, until acknowledged or given up
challenge, messenger    what a new callback must answer, and how a signed message travels
forgery         what an adversary makes of a notice on its way
delivery_log    every attempt, and from when an acknowledgement is waited for
lifecycle/      what may follow what: pure pairs of decide and evolve, one file a state machine
keeping         what each of them brings: how its events are kept and told, its ids, its timers
drawing         each of them as a table, from which the docs are drawn
rules/          what the monitoring notices while data leaves, one file a rule
state           everything the regulator knows, folded from its own decisions
columns         one feed body, turned so that a rule reads one column at a time
intervals       the sequence numbers of a transmission that were seen
refusal         every way to say no, in one table
views           what is known, as the wire says it
"""
