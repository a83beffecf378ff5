"""Why a number changed: what each member of each dimension contributed, exactly where that is possible."""

from __future__ import annotations

from analytics.why.asking import main_contributor, top_contributors, why
from analytics.why.effects import Effect, Halves, Method, contributions

__all__ = ["Effect", "Halves", "Method", "contributions", "main_contributor", "top_contributors", "why"]
