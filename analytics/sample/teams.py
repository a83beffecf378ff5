"""The team tree of the sample company: company, divisions, departments, teams, with distinct names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample.base import FAR, Flags, Floats, Ints, Story, pick
from analytics.sample.words import Division, Market

REGIONS = ("Americas", "EMEA", "APAC", "Nordics", "LATAM")
FEWEST = 12
SMALL_TEAM = "Brand Studio"
PROGRAM_TEAM = "Freelance Program Office"


@dataclass(frozen=True)
class Teams:
    """Teams by position; `level` 0 company, 1 division, 2 department, 3 team. `merged` joined `successor` on `merge_day`."""

    names: tuple[str, ...]
    parent: Ints
    level: Ints
    division: Ints
    country: Ints
    size: Ints
    weight: Floats
    adopted: Ints
    merged: int
    successor: int
    merge_day: int

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str) -> int:
        """Position of the team of this name."""
        return self.names.index(name)

    def ended(self) -> Ints:
        """First day after each team's end; FAR while it is there."""
        days = np.full(len(self), FAR, dtype=np.int64)
        days[self.merged] = self.merge_day
        return days


def build(story: Story, market: Market, divisions: tuple[Division, ...]) -> Teams:
    """The tree for `story.teams` teams and `story.employees` people. Raises ValueError for sizes that make no company."""
    rng = story.rng("teams")
    names, parent, level, division = _tree(story.teams, divisions)
    if story.employees < 5 * len(names):
        raise ValueError(f"{len(names)} teams need at least {5 * len(names)} employees.")
    country = _countries(rng, names, parent, level, market)
    size = _sizes(rng, story.employees, names, level, np.array([divisions[d].people for d in division]))
    merged, successor = _merger(names, parent, level, size)
    weight = rng.lognormal(0, 0.7, len(names)) * np.array([divisions[d].adopts for d in division])
    weight *= np.array([0.05, 0.3, 0.6, 1.0])[level] * size**0.35
    weight = np.minimum(weight, np.quantile(weight, 0.97))
    weight[names.index(SMALL_TEAM)] = np.quantile(weight, 0.9)
    return Teams(
        names=tuple(names),
        parent=parent,
        level=level,
        division=division,
        country=country,
        size=size,
        weight=weight,
        adopted=_adoption(rng, story, names, level),
        merged=merged,
        successor=successor,
        merge_day=_month_start(story.end - 250),
    )


def _month_start(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))


def _tree(wanted: int, divisions: tuple[Division, ...]) -> tuple[list[str], Ints, Ints, Ints]:
    """Names, parents, levels and divisions; departments and teams are taken in turns from every division."""
    if wanted < FEWEST:
        raise ValueError(f"The sample company needs at least {FEWEST} teams.")
    chosen = divisions[: min(len(divisions), max(2, wanted // 8))]
    names, parent, level, division = ["Contoso"], [-1], [0], [0]

    def add(name: str, above: int, depth: int, of: int) -> None:
        names.append(name)
        parent.append(above)
        level.append(depth)
        division.append(of)

    for i, d in enumerate(chosen):
        add(d.name, 0, 1, i)
    departments = max(len(chosen), round(wanted * 0.12))
    taken: list[tuple[int, tuple[str, ...]]] = []
    for turn in range(max(len(d.departments) for d in chosen)):
        for i, d in enumerate(chosen):
            if turn < len(d.departments) and len(taken) < departments:
                add(d.departments[turn][0], 1 + i, 2, i)
                taken.append((len(names) - 1, d.departments[turn][1]))
    for above, name in _team_names(taken):
        if len(names) == wanted:
            return names, np.array(parent), np.array(level), np.array(division)
        add(name, above, 3, division[above])
    raise ValueError(f"The sample company has names for {len(names)} teams, not for {wanted}.")


def _team_names(departments: list[tuple[int, tuple[str, ...]]]) -> list[tuple[int, str]]:
    """First one team of every department, then the next; when all are taken, regional branches of them."""
    found = [(above, stems[turn]) for turn in range(5) for above, stems in departments]
    for region in REGIONS:
        for turn in range(5):
            for above, stems in departments:
                if not stems[turn].startswith("Plant ") and not stems[turn].endswith(REGIONS):
                    found.append((above, f"{stems[turn]} {region}"))
    return found


def _countries(rng: np.random.Generator, names: list[str], parent: Ints, level: Ints, market: Market) -> Ints:
    country = pick(rng, market.country_weight, len(names))
    for i, name in enumerate(names):
        place = market.places.get(name.rsplit(" ", 1)[-1])
        if level[i] < 2:
            country[i] = 0
        elif place:
            country[i] = place[int(pick(rng, market.country_weight[list(place)], 1)[0])]
        elif level[i] == 3 and rng.random() < 0.35:
            country[i] = country[parent[i]]
    missing = [c for c in range(len(market.countries)) if c not in country]
    plain = [i for i, name in enumerate(names) if level[i] == 3 and name.rsplit(" ", 1)[-1] not in market.places]
    for i, absent in zip(plain[len(plain) // 2 :], missing, strict=False):
        country[i] = absent
    return country


def _sizes(rng: np.random.Generator, employees: int, names: list[str], level: Ints, people: Floats) -> Ints:
    """Employees of every team; they add up to the company exactly."""
    weight = rng.lognormal(0, 0.75, len(names)) * people * np.array([0.1, 0.1, 0.15, 1.0])[level]
    small = names.index(SMALL_TEAM)
    weight[small] = 0.0
    floor = np.full(len(names), 4, dtype=np.int64)
    floor[small] = min(14, max(4, employees // len(names)))
    size: Ints = floor + np.floor(weight / weight.sum() * (employees - floor.sum())).astype(np.int64)
    size[np.argmax(size)] += employees - size.sum()
    return size


def _merger(names: list[str], parent: Ints, level: Ints, size: Ints) -> tuple[int, int]:
    """A middling team that is merged into a sister team late in the story; neither is one of the named sample teams."""
    kept = {names.index(SMALL_TEAM), names.index(PROGRAM_TEAM)}
    order = [int(i) for i in np.argsort(-size, kind="stable") if level[i] == 3 and int(i) not in kept]
    for i in order[len(order) // 4 :] + order:
        sisters = [j for j in order if parent[j] == parent[i] and j != i]
        if sisters:
            return i, sisters[0]
    return order[-1], order[0]


def _adoption(rng: np.random.Generator, story: Story, names: list[str], level: Ints) -> Ints:
    """The day from which a team uses the program: half from the start, a third later, the rest never."""
    chance = rng.random(len(names))
    later = story.begin + (rng.random(len(names)) * (story.end - story.begin)).astype(np.int64)
    day = np.where(chance < 0.45, story.begin, np.where(chance < 0.8, later, FAR))
    never: Flags = level == 0
    day[never] = FAR
    for name in (SMALL_TEAM, PROGRAM_TEAM):
        day[names.index(name)] = story.begin
    if (day == story.begin).sum() < 5:
        day[level == 3] = story.begin
    return day
