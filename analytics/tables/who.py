"""Files about people, teams, categories, workers and the platforms they come from."""

from __future__ import annotations

from analytics.tables.columns import COST, PLATFORM, Column, Table, choice, date, key, number, ref, text

TABLES = (
    Table(
        "platforms", "platform or system", ("platform",), required=True,
        columns=(
            key("platform", "name of the platform or system, as people say it", "Upwork"),
            choice("source", "which side of the side-by-side its records belong to", ("freelance", "staffing")),
            text("timezone", "zone of plain dates in its files", "UTC"),
        ),
    ),
    Table(
        "people", "employee", ("person_id",), required=True,
        columns=(
            key("person_id", "your stable id of the employee", "P000123"),
            text("entra_object_id", "Microsoft Entra object id; without it the person cannot use the bot", "7d1f5e0a-3c52-4c1e-9a57-0e4f6f1c2b3d"),
            text("upn", "user principal name (sign-in name)", "ana.silva@contoso.example"),
            text("email", "e-mail address", "ana.silva@contoso.example"),
            text("name", "display name", "Ana Silva", required=True),
            Column("active", "boolean", "still employed", "true", required=True),
        ),
    ),
    Table(
        "employment", "employee and span of time", ("person_id", "valid_from"), required=True,
        columns=(
            ref("person_id", "the employee", "P000123", "people", "person_id", "quarantine", required=True),
            date("valid_from", "first day of this span", required=True),
            date("valid_to", "first day after this span; empty = still so", "2027-01-01"),
            ref("team_id", "the team in this span", "T0042", "teams", "team_id"),
            ref("manager_id", "the manager in this span; empty = a root", "P000007", "people", "person_id"),
            COST,
            text("country", "country of the employee, English short name", "Germany"),
            number("fte", "full-time equivalent", "1.0", "FTE"),
            text("worker_type", "kind of employment", "employee"),
        ),
        without="no reporting lines and no attribution of records to the manager of their date",
    ),
    Table(
        "teams", "team", ("team_id",), required=True,
        columns=(
            key("team_id", "your stable id of the team", "T0042"),
            text("name", "name of the team", "Brand Studio", required=True),
            ref("parent_team_id", "the team above; empty = the top", "T0007", "teams", "team_id"),
            ref("head_person_id", "who heads the team now", "P000042", "people", "person_id"),
            text("country", "country where the team sits", "Germany"),
            date("valid_from", "first day"),
            date("valid_to", "first day after its end; empty = still there", "2026-07-01"),
            ref("successor_team_id", "the team it was merged into", "T0051", "teams", "team_id"),
        ),
    ),
    Table(
        "categories", "job category or subcategory", ("category_id",), required=True,
        columns=(
            key("category_id", "stable id", "K03"),
            text("name", "name", "Design & Creative", required=True),
            ref("parent_category_id", "the category above; empty for a category itself", "K03", "categories", "category_id"),
            text("job_family", "the family above the category", "Creative"),
        ),
    ),
    Table(
        "suppliers", "staffing firm or agency", ("supplier_id",),
        columns=(
            key("supplier_id", "stable id", "S012"),
            text("name", "legal name", "Northwind Staffing", required=True),
        ),
        without="every contract counts as Independent",
    ),
    Table(
        "workers", "freelancer or external worker", ("worker_id",), required=True,
        columns=(
            key("worker_id", "stable id, one per platform profile", "W000123"),
            PLATFORM,
            choice("kind", "freelancer, agency member or temp", ("freelancer", "agency", "temp")),
            text("name", "display name", "Jonas K."),
            text("country", "country where the worker sits, English short name", "Brazil"),
            ref("supplier_id", "the agency or staffing firm", "S012", "suppliers", "supplier_id"),
            text("person_key", "same key = same person on several platforms", "h-77a1"),
        ),
    ),
    Table(
        "worker_skills", "worker and skill", ("worker_id", "skill"),
        columns=(
            ref("worker_id", "the worker", "W000123", "workers", "worker_id", "quarantine", required=True),
            text("skill", "name of the skill", "Figma", required=True),
        ),
        without="no skills of workers",
    ),
)  # fmt: skip
