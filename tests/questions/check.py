"""Checks the labelled questions: shape, known words, dates, vocabulary, minimum counts.

Run as `python tests/questions/check.py`; exits with 1 and one line per problem when something is wrong.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TODAY = date(2026, 11, 20)
FILES = ("development.jsonl", "second.jsonl", "third.jsonl")

Json = dict[str, Any]
Vocabulary = dict[str, set[str]]


def words_of(text: str) -> set[str]:
    return set(text.split())


METRICS = words_of(
    """
    spend contracts jobs_posted hires avg_time_to_hire avg_spend_per_contract avg_contract_duration spend_per_fte
    fill_rate active_contracts unique_posters proposals_per_job repeat_hire_rate avg_hourly_rate rating headcount
    staffing_spend median_time_to_hire p90_time_to_hire time_to_first_proposal adoption offer_acceptance on_time_rate
    budget_variance savings_vs_staffing fee_share tenure_flags supply_coverage concentration open_ageing cancel_rate
    teams_active freelancers contingent_share contracts_ended early_end_rate turnover contracts_ending time_to_approve
    time_to_offer time_to_fill time_to_start onboarding_time hire_rate rehires jobs_cancelled positions_open hours
    overtime_share proposals shortlisted offers shortlist_rate fte rate_over_ask median_hourly_rate avg_contract_age
    idle_contracts milestones_submitted milestones_accepted cost_per_accepted_milestone committed available amendments
    spend_per_freelancer
    """
)
DIMENSIONS = words_of(
    """
    job_category team poster country platform source freelancer contract_type skill status cost_center supplier owner
    worker_country charge_type end_reason hire_channel engagement_kind po_number division job_family region
    """
)
MEASURES = {"age_days", "tenure_days", "duration_days", "rate", "amount"}
GRAINS = {"week", "month", "quarter", "year", "fiscal_year"}
RECORDS = {"contract", "job", "charge", "proposal"}
MOMENTS = {"start", "end", "average", "any"}
COMPARES = {"previous_period", "previous_year", "target", "benchmark", "budget"}
BASES = {"posted", "work_period", "invoice"}
CLOSED: dict[str, set[Any]] = {"grain": GRAINS, "rows": RECORDS, "at": MOMENTS, "basis": BASES, "as_share": {True}}
ACTIONS: dict[str, set[str | None]] = {
    "answer": {None, "export", "subscribe", "alert", "target", "explain_change"},
    "help": {None, "define", "list_values", "data_freshness", "data_quality", "feedback"},
    "clarify": {None},
    "refuse": {None},
    "smalltalk": {None},
}
REASONS = words_of("off_topic not_in_data unsupported personal_data scope future opinion secrets impersonation")
QUERY_KEYS = words_of("metrics rows group_by filters time grain at bands basis compare having order limit as_share")
LANGUAGES = ("lang_de", "lang_fr", "lang_es", "lang_pt", "lang_ja")
MINIMUM: dict[tuple[str, ...], int] = {
    ("multi_turn",): 70,
    ("refuse", "clarify"): 70,
    ("typo", "abbreviation"): 70,
    ("period",): 70,
    LANGUAGES: 40,
    ("lang_de",): 8,
    ("lang_fr",): 8,
    ("lang_es",): 8,
    ("lang_pt",): 8,
    ("lang_ja",): 8,
}


def held_out(question_id: str) -> bool:
    """Whether this question belongs to the third that nobody reads while building."""
    return int(hashlib.sha256(question_id.encode()).hexdigest(), 16) % 3 == 0


def read_vocabulary() -> Vocabulary:
    content: Json = json.loads((HERE / "vocabulary.json").read_text(encoding="utf-8"))
    return {key: set(values) for key, values in content.items() if isinstance(values, list)}


def read_questions(files: tuple[str, ...] = FILES) -> Iterator[tuple[str, Json]]:
    """Every question of these files, with the place where it stands."""
    for name in files:
        lines = (HERE / name).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            yield f"{name} line {number}", json.loads(line)


def unknown(what: str, found: object, known: set[Any]) -> Iterator[str]:
    if found not in known:
        yield f"unknown {what}: {found!r}"


def check_values(dimension: str, values: object, words: Vocabulary) -> Iterator[str]:
    yield from unknown("dimension", dimension, DIMENSIONS)
    if not isinstance(values, list) or not values:
        yield f"{dimension}: needs a list of values"
        return
    for value in values:
        yield from unknown(f"value of {dimension}", value, words.get(dimension, set()))


def check_filter(key: str, wish: object, words: Vocabulary) -> Iterator[str]:
    if key in MEASURES:
        if not isinstance(wish, dict) or not wish or set(wish) - {"gt", "gte", "lt", "lte"}:
            yield f"numeric filter {key}: {wish!r}"
    elif isinstance(wish, dict):
        if set(wish) - {"not", "under"} or len(wish) != 1:
            yield f"filter {key}: {wish!r}"
        for values in wish.values():
            yield from check_values(key, values, words)
    else:
        yield from check_values(key, wish, words)


def check_period(period: Json) -> Iterator[str]:
    if set(period) != {"from", "to"}:
        yield f"period keys: {sorted(period)}"
        return
    start, end = (date.fromisoformat(day) if day else None for day in (period["from"], period["to"]))
    if end is None:
        yield "a period needs an end"
    elif start is not None and start >= end:
        yield f"empty period: {period}"


def check_future(query: Json) -> Iterator[str]:
    start = query.get("time", {}).get("from")
    allowed = query.get("metrics") == ["contracts_ending"]
    if start and date.fromisoformat(start) > TODAY and not allowed:
        yield f"period lies in the future: {query['time']}"


def check_compare(compare: object, words: Vocabulary) -> Iterator[str]:
    if isinstance(compare, str):
        yield from unknown("compare", compare, COMPARES)
    elif isinstance(compare, dict) and "dimension" in compare:
        yield from check_values(compare["dimension"], compare.get("values"), words)
        if set(compare) != {"dimension", "values"} or len(compare["values"]) < 2:
            yield f"compare: {compare!r}"
    elif isinstance(compare, dict):
        yield from check_period(compare)
    else:
        yield f"compare: {compare!r}"


def check_having(query: Json) -> Iterator[str]:
    having = query.get("having", [])
    for condition in having if isinstance(having, list) else [having]:
        if set(condition) != {"metric", "op", "value"}:
            yield f"having keys: {condition!r}"
            continue
        yield from unknown("having metric", condition["metric"], set(query.get("metrics", [])))
        yield from unknown("operator", condition["op"], {">", ">=", "<", "<="})


def check_order(query: Json) -> Iterator[str]:
    metrics = query.get("metrics", [])
    keys = set(metrics)
    if "compare" in query:
        keys |= {f"{metric}_change" for metric in metrics}
    if "rows" in query:
        keys |= MEASURES
    for key, direction in query.get("order", []):
        yield from unknown("order key", key, keys)
        yield from unknown("direction", direction, {"asc", "desc"})
    if "limit" in query and ("order" not in query or query["limit"] < 1):
        yield "a limit needs an order and a positive number"


def check_words(query: Json) -> Iterator[str]:
    for metric in query.get("metrics", []):
        yield from unknown("metric", metric, METRICS)
    for dimension in query.get("group_by", []):
        yield from unknown("group_by", dimension, DIMENSIONS)
    for key, known in CLOSED.items():
        if key in query:
            yield from unknown(key, query[key], known)
    if "bands" in query:
        edges = query["bands"]["edges"]
        yield from unknown("bands", query["bands"]["dimension"], MEASURES)
        if edges != sorted(set(edges)):
            yield f"edges out of order: {edges}"


def check_query(query: Json, words: Vocabulary) -> Iterator[str]:
    for key in sorted(set(query) - QUERY_KEYS):
        yield f"unknown query key: {key}"
    for key, value in query.items():
        if value in (None, [], {}, False):
            yield f"absent keys are omitted: {key}"
    yield from check_words(query)
    for key, wish in query.get("filters", {}).items():
        yield from check_filter(key, wish, words)
    if "time" in query:
        yield from check_period(query["time"])
    if "compare" in query:
        yield from check_compare(query["compare"], words)
    yield from check_future(query)
    yield from check_having(query)
    yield from check_order(query)


def check_shape(expect: Json) -> Iterator[str]:
    kind, query, action = expect["kind"], expect["query"], expect["action"]
    if kind == "answer" and not (query and ("metrics" in query) != ("rows" in query)):
        yield "an answer needs either metrics or rows"
    if kind in {"clarify", "refuse", "smalltalk"} and query is not None:
        yield f"{kind} carries no query"
    if kind == "help" and (query is not None) != (action in {"define", "list_values"}):
        yield "help carries a query for define and list_values only"
    if "choices" in expect and (kind != "clarify" or len(expect["choices"]) < 2):
        yield "choices: at least two, and for clarify only"


def check_expect(expect: Json, words: Vocabulary) -> Iterator[str]:
    if set(expect) - {"choices"} != {"kind", "query", "action", "reason"}:
        yield f"expect keys: {sorted(expect)}"
        return
    yield from unknown("kind", expect["kind"], set(ACTIONS))
    yield from unknown("action", expect["action"], ACTIONS.get(expect["kind"], set()))
    yield from unknown("reason", expect["reason"], REASONS if expect["kind"] == "refuse" else {None})
    yield from check_shape(expect)
    for query in [expect["query"], *expect.get("choices", [])]:
        if query is not None:
            yield from check_query(query, words)


def check_question(question: Json, words: Vocabulary) -> Iterator[str]:
    if set(question) != {"id", "persona", "tags", "turns", "scope", "expect"}:
        yield f"keys: {sorted(question)}"
        return
    if not question["turns"] or not all(isinstance(turn, str) and turn.strip() for turn in question["turns"]):
        yield "turns must be non-empty texts"
    if ("multi_turn" in question["tags"]) != (len(question["turns"]) > 1):
        yield "tag multi_turn does not fit the number of turns"
    if question["scope"] != "all":
        yield from check_values("team", question["scope"].get("team"), words)
        if set(question["scope"]) != {"team"}:
            yield f"scope: {question['scope']!r}"
    yield from check_expect(question["expect"], words)


def check_counts(questions: list[Json]) -> Iterator[str]:
    for tags, least in MINIMUM.items():
        found = sum(1 for question in questions if set(tags) & set(question["tags"]))
        if found < least:
            yield f"only {found} questions tagged {' or '.join(tags)}, wanted {least}"
    used = {metric for q in questions for metric in (q["expect"]["query"] or {}).get("metrics", [])}
    for metric in sorted(METRICS - used):
        yield f"no question asks for {metric}"


def check_all(numbered: list[tuple[str, Json]], words: Vocabulary) -> Iterator[str]:
    seen_ids: set[str] = set()
    seen_texts: set[str] = set()
    for place, question in numbered:
        text = json.dumps([question["turns"], question["scope"]]).lower()
        if question["id"] in seen_ids or text in seen_texts:
            yield f"{place}: repeated id or question"
        seen_ids.add(question["id"])
        seen_texts.add(text)
        for problem in check_question(question, words):
            yield f"{place} {question['id']}: {problem}"
    yield from check_counts([question for _, question in numbered])


def names_of(question: Json) -> dict[str, list[str]]:
    return {"kind": [question["expect"]["kind"]], "persona": [question["persona"]], "tag": question["tags"]}


def print_counts(questions: list[Json]) -> None:
    held = [question for question in questions if held_out(question["id"])]
    print(f"build with: {len(questions) - len(held)}\nheld out: {len(held)}")
    for what in ("kind", "persona", "tag"):
        counts = Counter(name for question in questions for name in names_of(question)[what])
        held_counts = Counter(name for question in held for name in names_of(question)[what])
        print(f"\nby {what} (all, held out)")
        for name, count in counts.most_common():
            print(f"  {name:18} {count:4} {held_counts[name]:4}")


def main() -> int:
    numbered = list(read_questions())
    problems = list(check_all(numbered, read_vocabulary()))
    for problem in problems:
        print(problem)
    print(f"{len(numbered)} questions, {len(problems)} problems")
    print_counts([question for _, question in numbered])
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
