"""What may follow what. One file a state machine, each a pure pair.

What decides takes the state, a command and the time, and gives back events or a refusal; it changes
nothing. `evolve` takes an aggregate and one event and gives back the next aggregate; it never
refuses, because what was decided is recorded and recovery only folds it.

`KEPT` says what a file brings to the regulator, `DRAWN` which steps there are; nothing else names
the file. The events stand in a file of the same name in `simulator.journal.events`.
"""
