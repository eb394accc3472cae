"""Load: up to which rate a platform conforms, and whose limit it was when it did no more.

run ──┬─ starts the simulator and the reference platform, or meets the platform of a target file
      ├─ play, once a step ──┬─ locustfile (processes of their own) ─ payments ─────► platform
      │                      │                         └─ announce, feed, close, trace ► regulator
      │                      ├─ follows every payment, writes the journal
      │                      └─ has it judged, by the command that judges any stored run
      └─ search says which rate comes next, until the highest conformant one is known

  run            a load from end to end
  options        what it is asked to do
  beforehand     what can be known to go wrong before anything is started
  limits         what a platform must keep to, as data
  search         which rate comes next, and what all steps say
  calibration    what generator and simulator carry when the platform only forwards
  forwarder      that platform
  play           one step, from a sandbox at its beginning to its judgement
  scene          everything that must stand before the clock starts
  world          the simulator as a process, and its tester's door
  processes      the parties as processes
  target         the parts of a target file that a load needs
  settling       what became of the payments that were accepted
  account        what the merchants asked for, as the journal takes it
  judged         the judge as a process, and what it says of a step
  lags           how far feed and lineage lag behind the payload, read from the journal
  fault_plan     faults that are armed within a step
  saturation     how near to their limits simulator and machine were
  outcome        what a step came to, and whether the platform was the limit
  whole          what all steps say together
  figures        the same as JSON
  telling        the same in the terminal
  report         the same as a page, from the figures alone
  charts         its curves
  junit          the same for pipelines
  compare        two loads side by side

  generator      Locust as a process
  locustfile     the Locust users that put messages on the wire, and how processes share a load
  assignment     what they are told, and what they hand back
  share          the part of a load that one process sends, and how parts are put together
  schedules      when each message is to leave: one shape a file
  open_loop      sends by the schedule; what leaves late or cannot leave is counted
  keep_alive     a client over plain sockets, heard by watchers
  merchants      payments, prepared before the clock starts
  registered     a registered platform of a sandbox of its own: announces, feeds, closes, traces
  outgoing       one request, and what its sender makes of the answer
  tally          what became of the messages of one operation, second by second
  histogram      latencies, in buckets of a thousandth

  bench          rates of single operations, as ratios to a bare server
  bench_clients  rates of either client of the generator, by a schedule
  others         k6 and wrk beside them, where they are at hand
  bare           the server of these: it does as little as Python can
  bench_freeze   what the figures say of a server that stands still
  bench_columns  payments by the million, as columns
  floor          the bare server of ratios: with the library that serves the simulator
  volley         requests in bytes, sent as fast as answers come

  machine        what it all ran on, and how busy its processes were
  folders        where figures are left
"""
