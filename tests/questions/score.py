"""Scores how the questions are read: the part to build with and the held-out part apart; appends to scores.jsonl.

Run as `python tests/questions/score.py` (`--dry` appends nothing, `--show` prints failures of the part to build with).
A held-out question is only counted, never shown.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.understanding.interpret import interpret  # noqa: E402
from bot.understanding.vocabulary import Vocabulary  # noqa: E402
from tests.questions.check import FILES, HERE, TODAY, held_out, read_questions  # noqa: E402

Json = dict[str, Any]


def settled(value: Any) -> Any:
    """A value with the lists of filter values sorted, so that they compare as sets."""
    if isinstance(value, dict):
        return {key: settled(inner) for key, inner in value.items()}
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return sorted(value)
    return value


def normal(query: Json | None) -> str:
    """A query as text to compare: filter values are sets, everything else keeps its order."""
    if query is None:
        return "null"
    return json.dumps({**query, "filters": settled(query.get("filters", {}))}, sort_keys=True)


def differs(expected: Json, got: Json) -> str | None:
    """The first part that is read otherwise, or None."""
    for key in ("kind", "action", "reason"):
        if expected[key] != got[key]:
            return key
    if normal(expected["query"]) != normal(got["query"]):
        return "query"
    if wanted := expected.get("choices"):
        offered = {normal(choice["query"]) for choice in got["choices"]}
        if not {normal(choice) for choice in wanted} <= offered:
            return "choices"
    return None


def names_in(value: Any) -> set[str]:
    """Every text in a structure."""
    if isinstance(value, dict):
        return {name for inner in value.values() for name in names_in(inner)}
    if isinstance(value, list):
        return {name for inner in value for name in names_in(inner)}
    return {value} if isinstance(value, str) else set()


def leaks(question: Json, got: Json, teams: set[str]) -> bool:
    """Whether a team outside the asker's scope is named anywhere in what came back."""
    if question["scope"] == "all":
        return False
    filters = [
        q.get("filters", {}).get("team", []) for q in (got["query"] or {}, *(c["query"] or {} for c in got["choices"]))
    ]
    compared = [q.get("compare") for q in (got["query"] or {},) if isinstance(q.get("compare"), dict)]
    named = names_in([filters, [c for c in compared if isinstance(c, dict) and c.get("dimension") == "team"]])
    return bool(named & (teams - set(question["scope"]["team"])))


def score(questions: list[Json], vocabulary: Vocabulary, *, show: bool) -> Json:
    """Counts over these questions."""
    counts: Counter[str] = Counter()
    teams = {entry.name for entry in vocabulary.entries if entry.dimension == "team"}
    for question in questions:
        got, expected = interpret(question, vocabulary, TODAY), question["expect"]
        wrong = differs(expected, got)
        counts["exact"] += wrong is None
        counts["confidently_wrong"] += got["kind"] == "answer" and wrong is not None
        counts["wrongly_refused"] += expected["kind"] == "answer" and got["kind"] in {"refuse", "clarify"}
        counts["leaks"] += leaks(question, got, teams)
        if show and wrong:
            print(f"{question['id']} {wrong}: {' >> '.join(question['turns'])} {question['scope'] if question['scope'] != 'all' else ''}")  # fmt: skip
            print(f"    want {expected['kind']} {expected['action'] or expected['reason'] or ''} {json.dumps(expected['query'], ensure_ascii=False)}")  # fmt: skip
            print(
                f"    got  {got['kind']} {got['action'] or got['reason'] or ''} {json.dumps(got['query'], ensure_ascii=False)}"
            )
    return {
        "questions": len(questions),
        **{key: counts[key] for key in ("exact", "confidently_wrong", "wrongly_refused", "leaks")},
    }


def commit() -> str:
    """The commit that is scored, marked when files differ from it."""

    def run(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    dirty = run("status", "--porcelain", "--", "bot/understanding", "analytics/catalogue")
    return run("rev-parse", "--short", "HEAD") + ("+" if dirty else "")


def score_file(name: str, vocabulary: Vocabulary) -> Json:
    """Both parts of one file of questions, printed."""
    questions = [question for _, question in read_questions((name,))]
    parts = {
        "build": score([q for q in questions if not held_out(q["id"])], vocabulary, show="--show" in sys.argv),
        "held_out": score([q for q in questions if held_out(q["id"])], vocabulary, show=False),
    }
    for part, counts in parts.items():
        total = counts["questions"]
        print(f"{name} {part}: {total} questions, exact {counts['exact'] / total:.1%}, confidently wrong {counts['confidently_wrong'] / total:.1%}, wrongly refused {counts['wrongly_refused'] / total:.1%}, leaks {counts['leaks']}")  # fmt: skip
    return parts


def main() -> int:
    """Score both parts of every file, print them, log them: those of the first file under their own names."""
    vocabulary = Vocabulary.from_json(json.loads((HERE / "vocabulary.json").read_text(encoding="utf-8")))
    first, *others = FILES
    scores = score_file(first, vocabulary)
    scores |= {name.removesuffix(".jsonl"): score_file(name, vocabulary) for name in others}
    if "--dry" not in sys.argv:
        line = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": commit(),
            **scores,
        }
        with (HERE / "scores.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
