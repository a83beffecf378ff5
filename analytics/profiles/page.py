"""Renders the part of docs/staffing-files.md that lists the shipped profiles, from the profiles themselves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from analytics.profiles.loader import shipped
from analytics.profiles.profile import Profile

PAGE = Path(__file__).parents[2] / "docs" / "staffing-files.md"
BEGIN, END = "<!-- profiles: made by python -m analytics.profiles.page -->", "<!-- end of profiles -->"
_MODES = {
    "full": "the newest file replaces the ones before",
    "delta": "each file brings what is new or changed; keep all of them",
    "append": "each file adds lines; keep all of them",
}


def render() -> str:
    """The overview and one section for each profile, as Markdown."""
    found = shipped()
    head = ["| profile | file names | feeds | files |", "|---|---|---|---|"]
    rows = [
        f"| [`{p.name}`](#{p.name}) | {_patterns(p)} | {', '.join(_tables(p))} | {p.mode} |" for p in found.values()
    ]
    return "\n".join([*head, *rows, "", *(line for profile in found.values() for line in _section(profile))])


def page(text: str) -> str:
    """The page with its list of profiles brought up to date."""
    before, rest = text.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{render()}\n{END}{rest.split(END, 1)[1]}"


def _patterns(profile: Profile) -> str:
    return ", ".join(f"`{pattern}`" for pattern in profile.file_pattern)


def _tables(profile: Profile) -> list[str]:
    return list(dict.fromkeys(f"`{entity.table}`" for entity in profile.entities))


def _section(profile: Profile) -> Iterator[str]:
    yield from (f"### {profile.name}", "", profile.title + ".", profile.about.strip(), "")
    yield f"- **Files**: {_patterns(profile)}; {_MODES[profile.mode]}."
    dates = list(dict.fromkeys(form for forms in profile.date_format.values() for form in forms))
    yield f"- **Dates**: {', '.join(f'`{form}`' for form in dates)}. **Decimals**: `{profile.numbers.decimal}`."
    yield from (f"- **Dropped**: {rule.name}." for rule in profile.drop_if)
    for entity in profile.entities:
        if entity.assumes:
            yield f"- **Taken for granted**: {entity.assumes}."
    yield from ("", "| column | needed | known headers |", "|---|---|---|")
    for name, aliases in profile.columns.items():
        needed = "yes" if name in profile.required and name not in profile.constants else ""
        yield f"| `{name}` | {needed} | {', '.join(aliases)} |"
    if spread := profile.unpivot:
        yield f"| `{spread.name}` | yes | every header that matches `{spread.headers}` |"
    yield ""


def main() -> int:
    """Bring the page up to date; with --check only say whether it is."""
    text = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv[1:]:
        return 0 if page(text) == text else 1
    PAGE.write_text(page(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
