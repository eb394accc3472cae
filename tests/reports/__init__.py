"""How a judgement is told: every format says the same, and none repeats a planted secret."""
