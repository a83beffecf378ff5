"""Who may see which detail: company totals only, groups without people, or people by name; withheld cells still add up."""

from __future__ import annotations

from analytics.privacy.guard import check, guarded, hide, protect
from analytics.privacy.weave import FEWEST

__all__ = ["FEWEST", "check", "guarded", "hide", "protect"]
