"""Load: how much the interfaces carry, and who was the limit when they carried no more.

run ──┬─ starts the simulator and the reference platform, or meets the platform of a target file
      ├─ locustfile (a process of its own) ──┬─ payments ──────────────► platform
      │                                      └─ announce, feed, close ─► regulator
      └─ table in the terminal, load.json beside it

  run            a load from end to end
  options        what it is asked to do
  scene          everything that must stand before the clock starts
  world          the simulator as a process, and its tester's door
  processes      the parties as processes
  target         the parts of a target file that a load needs
  settling       what became of the payments that were accepted
  outcome        what a load came to, and whether the generator was the limit
  telling        the same, in the terminal

  locustfile     the Locust users that put messages on the wire
  assignment     what they are told, and what they hand back
  schedule       when each message is to leave, from one seed, whatever the answers do
  open_loop      sends by the schedule; what leaves late or cannot leave is counted
  merchants      payments, prepared before the clock starts
  registered     a registered platform of a sandbox of its own: signs, announces, feeds, closes
  outgoing       one request, and what its sender makes of the answer
  tally          what became of the messages of one operation
  histogram      latencies, in buckets of a thousandth

  bench          rates of single operations, as ratios to a bare server
  floor          that bare server
  volley         requests in bytes, sent as fast as answers come

  machine        what it all ran on, and how busy its processes were
  folders        where figures are left
"""
