"""Settings that all tests share."""

import os

# Before numpy is imported: the threads of two workers, and of the dashboards that they start, wait
# for one another on two cores, and a product of matrices takes many times as long.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from hypothesis import HealthCheck, settings  # noqa: E402

# The first draw of a text builds a table of all signs; the same draws every time.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")
