"""What all table modules share.

Moments are seconds since 1970 in UTC: the same number in every database, with no driver's idea of time zones.
"""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
