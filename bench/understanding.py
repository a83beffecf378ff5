"""How long reading a question takes with a large company's names: 1,000 teams and 12,000 people who post or own.

Usage: python -m bench.understanding. Prints the time to index the names, and p50, p95 and worst of reading, questions and pumped texts.
"""

from __future__ import annotations

import random
import statistics
import time
from datetime import date

from bot.events import MAX_TEXT
from bot.understanding import Question, Vocabulary, read, warm
from bot.understanding.reader import LONGEST
from bot.understanding.words import tokens

TODAY = date(2026, 11, 20)
PARTS = (
    "Brand",
    "Data",
    "Product",
    "Market",
    "Field",
    "Cloud",
    "Mobile",
    "Risk",
    "Supply",
    "Legal",
    "Media",
    "Growth",
    "Service",
    "Platform",
)
KINDS = (
    "Studio",
    "Design",
    "Research",
    "Engineering",
    "Operations",
    "Analytics",
    "Support",
    "Planning",
    "Delivery",
    "Quality",
)
SYLLABLES = (
    "ka",
    "ri",
    "mo",
    "len",
    "sta",
    "vi",
    "no",
    "ber",
    "to",
    "mas",
    "el",
    "dra",
    "jo",
    "han",
    "su",
    "mi",
    "lo",
    "wen",
    "gar",
    "ta",
)
ASKED = (
    "spend by team last quarter", "top 5 teams by spend this year", "who posted the most jobs last month", "avg TTH by category last 6 months",
    "jobs posted by {person}", "contracts owned by {person} in germany", "spend for {team} this fiscal year", "compare {team} and {team} on hires",
    "spned for {slip} last qaurter", "jobs posted by {slip} since march", "freelancers in india except python", "what is open longer than 30 days?",
    "alert me when {team} spends more than 100k", "why did spend go up last month", "Ausgaben nach Team im letzten Monat", "先月のチーム別の支出",
    "who won the champions league final", "ergonomic wibble frobnication of quuxly grommets for {slip}",
)  # fmt: skip

PUMPED = (
    "5",
    "by",
    "spend",
    "team a and team b or",
    "between may and june",
    "not in",
    "top 5 of",
    "支出",
    "チーム別",
    "<at>",
    "longer than 3 days",
)


def _word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(syllables)).capitalize()


def vocabulary(chance: random.Random) -> Vocabulary:
    """Names as a company of 100,000 has them."""
    teams = [
        f"{a} {b} {c}"
        for a in PARTS
        for b in KINDS
        for c in ("North", "South", "East", "West", "Global", "Digital", "Core", "One")
    ][:1000]
    people = list(dict.fromkeys(f"{_word(chance, 2)} {_word(chance, 3)}" for _ in range(13_000)))[:12_000]
    return Vocabulary.from_json(
        {
            "team": teams, "poster": people[:9_000], "owner": people[3_000:], "job_category": ["Design & Creative", "Software Development"],
            "country": ["Germany", "France", "India"], "worker_country": ["India", "Brazil"], "skill": ["Python", "Figma", "Go"],
            "platform": ["Upwork", "Toptal"], "supplier": ["Adecco"], "source": ["freelance", "staffing"], "status": ["open", "active"],
            "fiscal_year_start_month": 7,
        }
    )  # fmt: skip


def slip(name: str, chance: random.Random) -> str:
    """A name with two letters exchanged."""
    at = chance.randrange(1, len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def questions(names: Vocabulary, chance: random.Random, count: int) -> list[str]:
    """Distinct questions over these names."""
    of = {kind: [e.name for e in names.entries if e.dimension == kind] for kind in ("team", "poster")}
    out = []
    for n in range(count):
        team, person = chance.choice(of["team"]), chance.choice(of["poster"])
        out.append(
            ASKED[n % len(ASKED)].format(team=team, person=person, slip=slip(chance.choice((team, person)), chance))
        )
    return out


def seconds(text: str, names: Vocabulary) -> float:
    """Processor time of this process alone: a busy neighbour is not our time."""
    started = time.process_time()
    read(Question(text, None, TODAY), names)
    return time.process_time() - started


def pumped(names: Vocabulary) -> list[tuple[float, str]]:
    """The longest of each repeated piece that is still read, and as much of it as a message may hold, each three times."""
    found = []
    for piece in PUMPED:
        texts = [f"{piece} " * times for times in range(1, 61)]
        most = [text for text in texts if len(tokens(text)) <= LONGEST][-1]
        whole = (f"{piece} " * MAX_TEXT)[:MAX_TEXT]
        found += [(min(seconds(text, names) for _ in range(3)), piece) for text in (most, whole)]
    return found


def main() -> None:
    """Index once, read every question once, print the figures."""
    chance = random.Random(7)
    names = vocabulary(chance)
    started = time.perf_counter()
    assert names.names
    print(f"{len(names.entries):,} names indexed in {time.perf_counter() - started:.2f} s")
    asked = questions(names, chance, 1_800)
    warm(names)
    took = [seconds(text, names) * 1_000 for text in asked]
    ordered = sorted(took)
    print(
        f"{len(asked):,} questions: p50 {statistics.median(took):.1f} ms, p95 {ordered[len(ordered) * 95 // 100]:.1f} ms, worst {ordered[-1]:.1f} ms"
    )
    print(f"slowest: {asked[took.index(ordered[-1])]}")
    worst, piece = max(pumped(names))
    print(f"pumped texts, as many words as are read and more: worst {worst * 1_000:.1f} ms ({piece!r} again and again)")


if __name__ == "__main__":
    main()
