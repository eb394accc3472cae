"""Load: how much the interfaces carry, and who was the limit when they carried no more.

run ──┬─ starts the simulator and the reference platform, or meets the platform of a target file
      ├─ locustfile (a process of its own) ──┬─ payments ──────────────► platform
      │                                      └─ announce, feed, close ─► regulator
      └─ table in the terminal, load.json beside it

  schedule       when each message is to leave, from one seed, whatever the answers do
  open_loop      sends by the schedule; what leaves late or cannot leave is counted
  tally          what became of the messages of one operation
  histogram      latencies, in buckets of a thousandth
  assignment     what the generator is told, and what it hands back
  merchants      payments, prepared before the clock starts
  registered     a registered platform of a sandbox of its own: signs, announces, feeds, closes
  outgoing       one request, and what its sender makes of the answer
  locustfile     the Locust users that put it on the wire
  target         the parts of a target file that a load needs
  world          the tester's door of the simulator
  processes      the parties as processes
  settling       what became of the payments that were accepted
  outcome        what a load came to, and whether the generator was the limit
  folders        where a load or a bench leaves its figures
  machine        what it ran on, and how busy its processes were
  bench          rates of single operations, as ratios to a bare server
  floor          that bare server
  volley         requests in bytes, sent as fast as answers come
"""
