"""The sample enterprise: three years of a freelance program in a company of any size, as files in the import format."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from analytics.sample import files, log, truth, workfiles, world
from analytics.sample.base import Story
from analytics.sample.out import ids, write_table
from analytics.sample.people import NAMED, ROLES
from analytics.sample.world import World
from analytics.tables import TABLES

FROM_WORLD: dict[str, Callable[[World], files.Columns]] = {
    "platforms": files.platforms,
    "people": files.people,
    "employment": files.employment,
    "teams": files.teams,
    "categories": files.categories,
    "suppliers": files.suppliers,
    "workers": files.workers,
    "worker_skills": files.worker_skills,
    "jobs": files.jobs,
    "job_skills": files.job_skills,
    "job_events": files.job_events,
    "proposals": files.proposals,
    "offers": files.offers,
    "owner_history": workfiles.owner_history,
    "rate_history": workfiles.rate_history,
    "milestones": workfiles.milestones,
    "time_entries": workfiles.time_entries,
    "feedback": workfiles.feedback,
    "fx_rates": workfiles.fx_rates,
}
FROM_BOOKS: dict[str, Callable[[World, workfiles.Books], files.Columns]] = {
    "contracts": workfiles.contracts,
    "charges": workfiles.charges,
    "invoices": workfiles.invoices,
    "headcount": workfiles.headcount,
    "budgets": workfiles.budgets,
    "purchase_orders": workfiles.purchase_orders,
}


@dataclass(frozen=True)
class SamplePerson:
    """One of the five people everybody can be in the local demo. `role` is "program" or ""; ids never change."""

    key: str
    person_id: str
    name: str
    upn: str
    entra_object_id: str
    title: str
    role: str
    team_id: str
    team: str
    heads: bool


@dataclass(frozen=True)
class SampleReport:
    """What was written: rows of every file, events of every kind (in `truth/`), and the five sample people."""

    folder: Path
    until: date
    seed: int
    rows: dict[str, int]
    events: dict[str, int]
    people: tuple[SamplePerson, ...]

    def __str__(self) -> str:
        rows, events = sum(self.rows.values()), sum(self.events.values())
        return (
            f"{rows:,} rows in {len(self.rows)} files, {events:,} events in the truth, up to {self.until.isoformat()}"
        )

    def person(self, key: str) -> SamplePerson:
        """One of lead, program, manager, small, employee. KeyError for another name."""
        return {person.key: person for person in self.people}[key]


def write(
    folder: Path,
    *,
    until: date,
    employees: int = 100_000,
    teams: int = 600,
    seed: int = 7,
    progress: Callable[[str], None] = lambda _: None,
) -> SampleReport:
    """Write the sample enterprise into `folder`; the same arguments give the same bytes.

    Beside the files stand `sample.json` (who the five sample people are) and `truth/`: the generator's own event log
    and truth.json, the answers worked out from it.
    `until` is the story's last day; it begins at least three years before. Raises ValueError for a company too small
    to be one (fewer than 12 teams, or fewer than 5 employees a team) or with more teams than there are names.
    """
    made = world.build(Story(until, employees, teams, seed), progress)
    folder.mkdir(parents=True, exist_ok=True)
    books = workfiles.books(made)
    rows = {}
    for name, table in TABLES.items():
        progress(f"{name}.csv")
        columns = FROM_WORLD[name](made) if name in FROM_WORLD else FROM_BOOKS[name](made, books)
        rows[name] = write_table(folder, table, columns)
    truth_folder = folder / "truth"
    progress("the truth")
    events = log.write(truth_folder, made, books)
    truth.write(truth_folder, made.story.first, until)
    report = SampleReport(folder, until, seed, rows, events, _people(made))
    about = {"until": until.isoformat(), "seed": seed, "people": [asdict(person) for person in report.people]}
    (folder / "sample.json").write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return report


def _people(made: World) -> tuple[SamplePerson, ...]:
    found = []
    for place, (key, first, last, title) in enumerate(NAMED):
        seat = made.seats.special[place]
        team = made.seats.team[seat]
        number, team_number = ids("P", made.seats.first[[seat]])[0], ids("T", team[None], 4)[0]
        found.append(
            SamplePerson(
                key=key,
                person_id=number.as_py(),
                name=f"{first} {last}",
                upn=made.people.upns[place],
                entra_object_id=made.people.entra[place],
                title=title,
                role=ROLES.get(key, ""),
                team_id=team_number.as_py(),
                team=made.teams.names[team],
                heads=bool(made.seats.head[team] == seat),
            )
        )
    return tuple(found)


__all__ = ["SamplePerson", "SampleReport", "write"]
