"""The analytics layer: from files and platforms to numbers that can be trusted. Knows neither Teams nor cards."""

from __future__ import annotations

import os

# Algebra here is small: more threads would only wait for one another, at the cost of whole processors. Read before numpy is.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
