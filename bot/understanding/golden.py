"""Golden lines: questions and the exact queries they are read as; printed in the docs and held by a test."""

from __future__ import annotations

GOLDEN: tuple[tuple[str, str], ...] = (
    ("total spend", '{"metrics": ["spend"]}'),
    ("spend by team last quarter", '{"metrics": ["spend"], "group_by": ["team"], "time": {"from": "2026-07-01", "to": "2026-10-01"}}'),
    ("spend by month this fiscal year", '{"metrics": ["spend"], "time": {"from": "2026-07-01", "to": "2027-07-01"}, "grain": "month"}'),
    ("jobs posted since march", '{"metrics": ["jobs_posted"], "time": {"from": "2026-03-01", "to": "2026-11-21"}}'),
    ("contracts ended before July 2025", '{"metrics": ["contracts_ended"], "time": {"from": null, "to": "2025-07-01"}}'),
    ("who posted the most jobs", '{"metrics": ["jobs_posted"], "group_by": ["poster"], "order": [["jobs_posted", "desc"]], "limit": 1}'),
    ("who posted jobs last month", '{"metrics": ["jobs_posted"], "group_by": ["poster"], "time": {"from": "2026-10-01", "to": "2026-11-01"}, "order": [["jobs_posted", "desc"]]}'),
    ("top 5 categories by spend", '{"metrics": ["spend"], "group_by": ["job_category"], "order": [["spend", "desc"]], "limit": 5}'),
    ("design spend in EMEA except Germany", '{"metrics": ["spend"], "filters": {"job_category": ["Design & Creative"], "region": ["EMEA"], "country": {"not": ["Germany"]}}}'),
    ("spend for Marketing and all teams below it", '{"metrics": ["spend"], "filters": {"team": {"under": ["Marketing"]}}}'),
    ("teams over 50k last month", '{"metrics": ["spend"], "group_by": ["team"], "time": {"from": "2026-10-01", "to": "2026-11-01"}, "having": {"metric": "spend", "op": ">", "value": 50000}}'),
    ("fill rate below 50% by team", '{"metrics": ["fill_rate"], "group_by": ["team"], "having": {"metric": "fill_rate", "op": "<", "value": 0.5}}'),
    ("what is open longer than 30 days?", '{"filters": {"status": ["open"], "age_days": {"gt": 30}}, "rows": "job"}'),
    ("what part of spend is Upwork", '{"metrics": ["spend"], "filters": {"platform": ["Upwork"]}, "as_share": true}'),
    ("hires this quarter vs last quarter", '{"metrics": ["hires"], "time": {"from": "2026-10-01", "to": "2027-01-01"}, "compare": "previous_period"}'),
    ("germany vs france spend", '{"metrics": ["spend"], "compare": {"dimension": "country", "values": ["Germany", "France"]}}'),
    ("time to start, freelance and staffing side by side", '{"metrics": ["time_to_start"], "compare": {"dimension": "source", "values": ["freelance", "staffing"]}}'),
    ("freelancers at the end of last quarter by country", '{"metrics": ["freelancers"], "group_by": ["country"], "time": {"from": "2026-07-01", "to": "2026-10-01"}, "at": "end"}'),
    ("spend last month by invoice date", '{"metrics": ["spend"], "time": {"from": "2026-10-01", "to": "2026-11-01"}, "basis": "invoice"}'),
    ("which team grew spend the most this quarter vs last quarter", '{"metrics": ["spend"], "group_by": ["team"], "time": {"from": "2026-10-01", "to": "2027-01-01"}, "compare": "previous_period", "order": [["spend_change", "desc"]], "limit": 1}'),
    ("spend last month net of fees", '{"metrics": ["spend"], "filters": {"charge_type": {"not": ["platform_fee", "processing_fee"]}}, "time": {"from": "2026-10-01", "to": "2026-11-01"}}'),
    ("which team spent the second most", '{"metrics": ["spend"], "group_by": ["team"], "order": [["spend", "desc"]], "limit": 2}'),
    ("hires in Germany or Poland", '{"metrics": ["hires"], "filters": {"country": ["Germany", "Poland"]}}'),
    ("who hires faster: Brand Studio or Product Design", '{"metrics": ["avg_time_to_hire"], "compare": {"dimension": "team", "values": ["Brand Studio", "Product Design"]}}'),
    ("how many teams spent under 1,000", '{"metrics": ["spend"], "group_by": ["team"], "having": {"metric": "spend", "op": "<", "value": 1000}}'),
)  # fmt: skip

# Questions whose meaning a query cannot hold: each is asked back, never answered with the part that fits.
ASKED_BACK: tuple[tuple[str, str], ...] = (
    ("average spend per month", "a query holds the months, not their mean"),
    ("jobs without any proposal", "what did not happen is not counted"),
    ("jobs needing both figma and python", "two values of a filter mean either of them"),
    ("top 3 teams by spend in each division", "a limit holds for the whole list"),
    ("time to hire against our target and last year", "one comparison at a time"),
    ("freelancers from Europe", "regions go by where the team pays"),
    ("spend for the money people", "a word that changes nothing was not understood"),
)
