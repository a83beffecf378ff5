"""Which fact tables each import file feeds, so that a problem in a file reaches the metrics it touches and no others."""

from __future__ import annotations

TOUCHED: dict[str, tuple[str, ...]] = {
    "platforms": ("charge", "contract", "job"),
    "people": ("unique_posters", "adoption"),
    "employment": ("adoption", "teams_active"),
    "teams": ("teams_active", "adoption", "spend", "contracts", "jobs_posted"),
    "categories": ("spend", "contracts", "jobs_posted"),
    "suppliers": ("spend", "contracts"),
    "workers": ("contract", "assignment"),
    "worker_skills": ("job_skill_supply",),
    "jobs": ("job", "opening", "hire"),
    "job_skills": ("job_skill_supply",),
    "job_events": ("open_ageing", "positions_open", "time_to_hire_km"),
    "proposals": ("proposal", "proposals_per_job", "supply_per_job", "time_to_first_proposal", "supply_coverage"),
    "offers": ("offer", "hire"),
    "contracts": ("contract", "hire", "assignment"),
    "owner_history": ("spend", "contracts"),
    "rate_history": ("amendment", "avg_hourly_rate"),
    "milestones": ("milestone",),
    "charges": ("charge",),
    "invoices": (),
    "time_entries": ("time_entry",),
    "feedback": ("feedback",),
    "headcount": ("headcount",),
    "budgets": ("budget",),
    "purchase_orders": (),
    "fx_rates": ("charge",),
}
"""Import file -> fact tables or single metrics."""
