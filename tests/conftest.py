"""Settings that all tests share."""

from hypothesis import HealthCheck, settings

# The first draw of a text builds a table of all signs; the same draws every time.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")
