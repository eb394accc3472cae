"""No test counts on a fast machine: Hypothesis measures what was drawn, never how long it took."""

from hypothesis import HealthCheck, settings

from scenarios import garbage

settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
garbage.look_seldom()
