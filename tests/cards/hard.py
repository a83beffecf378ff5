"""Answers that are hard to show: very many rows, very long or hostile names, nothing at all, or less than was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analytics.model import Answer, Column, Filter, Finding, Period, Query, Row, Value
from tests.cards.answers import GROUPS, QUARTER, SHARE, SPEND, TEAM, TODAY, TOTALS, answer, one, spend


def empty(*, missing: bool = False) -> Answer:
    """Nothing there: a real zero, or dates the data does not reach."""
    legal = Filter("team", include=(Value("Legal", "T050"),))
    time = Period(date(2021, 1, 1), date(2021, 4, 1)) if missing else QUARTER
    return answer(Query(("spend",), filters=(legal,), time=time), (SPEND,), (one(0, records=0),))


def many(teams: int = 600) -> Answer:
    """Spend of every team of a large company, two namesakes of no team among them."""
    amounts = [9_000_000_00 // (at + 3) for at in range(teams)]
    whole = sum(amounts) + 75_000_00
    rows = [
        Row((f"T{at:04d}",), (f"Regional Operations and Services Team {at + 1}",), (amount, amount / whole), records=9)
        for at, amount in enumerate(amounts)
    ]
    rows.append(Row((None,), ("Unmapped",), (75_000_00, 75_000_00 / whole), "unmapped", 4))
    total = Row((), ("Total",), (whole, 1.0), records=9 * teams + 4)
    return answer(Query(("spend",), ("team",), time=QUARTER), (TEAM, SPEND, SHARE), tuple(rows), total)


def many_ratios() -> Answer:
    """A ratio for every team: its rows cannot be added up."""
    rate = Column("fill_rate", "Fill rate", "ratio", "metric", "fill_rate", "up")
    rows = tuple(Row((f"T{at}",), (f"Team {at}",), (1 - at / 100,), records=20) for at in range(60))
    return answer(
        Query(("fill_rate",), ("team",), time=QUARTER), (TEAM, rate), rows, Row((), ("Total",), (0.71,), records=1_200)
    )


def withheld() -> Answer:
    """What someone sees who may see groups only: two small teams kept back, no number for them."""
    rows = (
        Row(("T001",), ("Brand Studio",), (18_200_000, 0.5), records=40),
        Row((None,), ("Withheld (2)",), (None, None), "withheld", 7),
    )
    total = Row((), ("Total",), (36_400_000, 1.0), records=47)
    return replace(answer(Query(("spend",), ("team",), time=QUARTER), (TEAM, SPEND, SHARE), rows, total), scope=GROUPS)


def totals() -> Answer:
    """What everyone in a channel may see."""
    return replace(spend(), scope=TOTALS)


def bands() -> Answer:
    """Open jobs by their age."""
    age = Column("age_days", "Age", "text", "dimension")
    jobs = Column("open_ageing", "Open jobs", "count", "metric", "open_ageing", "down")
    labels = ("0 to under 7", "7 to under 14", "14 to under 30", "30 or more")
    rows = tuple(Row((str(at),), (label,), (40 - 9 * at,), records=40 - 9 * at) for at, label in enumerate(labels))
    now = Period(TODAY, date(2026, 11, 21))
    return answer(Query(("open_ageing",), time=now), (age, jobs), rows, Row((), ("Total",), (106,), records=106))


def listing() -> Answer:
    """Jobs that have been open longest."""
    columns = tuple(
        Column(key, label, unit, "dimension")
        for key, label, unit in (
            ("job", "Job id", "text"), ("title", "Job", "text"), ("team", "Team", "text"), ("poster", "Posted by", "text"),
            ("status", "Status", "text"), ("posted_on", "Posted", "date"), ("age_days", "Age", "days"),
        )
    )  # fmt: skip
    made = (("J1", "Brand film, 30 seconds [urgent]", "2026-07-02", 141), ("J2", "", "2026-09-30", 51))
    rows = tuple(
        Row(
            (key, title, "T001", "P1", "open", on, str(age)),
            (key, title, "Brand Studio", "Ann Smith", "Open", on, str(age)),
            (None,) * 6 + (age,),
            records=1,
        )
        for key, title, on, age in made
    )
    query = Query((), rows="job", order=(("age_days", "desc"),), limit=20)
    return answer(query, columns, rows, records=37, more=35, period=Period(TODAY, date(2026, 11, 21)))


LONG = {
    "en": ("Global Marketing Communications and Brand Experience Operations", "Customer Relationship Management & Lifecycle Automation"),
    "de": ("Geschäftsbereichsübergreifende Nachhaltigkeitsberichterstattung", "Rechtsschutzversicherungsgesellschaften-Koordination Süd"),
    "fr": ("Direction générale de la transformation numérique et de l'innovation", "Développement d'applications d'entreprise"),
    "es": ("Departamento de Comunicación Institucional y Relaciones Públicas", "Administración de Infraestructuras Tecnológicas"),
    "pt": ("Gestão de Relacionamento com Fornecedores Internacionais", "Desenvolvimento de Aplicações Corporativas"),
    "ja": ("グローバルマーケティングコミュニケーション本部ブランド推進室", "情報システム部門クラウド基盤運用管理グループ"),
}  # fmt: skip


def long_names(language: str = "en") -> Answer:
    """A breakdown whose names hardly fit, in one language."""
    names = LONG[language]
    rows = tuple(
        Row((f"T{at}",), (name,), (123_456_789_00 // (at + 1), 0.5), records=1_234) for at, name in enumerate(names)
    )
    return answer(
        Query(("spend",), ("team",), time=QUARTER),
        (TEAM, SPEND, SHARE),
        rows,
        Row((), ("Total",), (18_518_518_350, 1.0), records=2_468),
    )


def hostile(name: str) -> Answer:
    """A breakdown in which everything that comes from data is this name."""
    wanted = Filter("country", include=(Value(name, "X1"),))
    rows = (Row(("T1",), (name,), (500_00, 0.6), records=4), Row(("T2",), (f"{name} 2",), (300_00, 0.4), records=2))
    query = Query(("spend",), ("team",), (wanted,), QUARTER)
    finding = Finding("names", "W", f"A name is odd: {name}", 1)
    total = Row((), ("Total",), (800_00, 1.0), records=6)
    return answer(
        query,
        (TEAM, SPEND, SHARE),
        rows,
        total,
        findings=(finding,),
        platforms=(name,),
        notes=(name,),
        facts=((name, name),),
    )
