"""SQL that turns a cell as a customer writes it into the text the import format expects, or marks it as refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analytics.profiles.profile import PART, Entity, Numbers, Profile
from analytics.quoting import quoted, quoted_list
from analytics.tables import TABLES, Column, Table

REFUSED = chr(26)
"""Stands before a text that the profile could not read, so that no rule further on can take it for a value."""

_SPACES = "[\\x{A0}\\x{202F}\\x{2009}]"
_DAMAGED = r"\d([.]\d+)?[eE][+]?\d+"
_EXCEL = "DATE '1899-12-30' + TRY_CAST({t} AS DOUBLE)::INTEGER"


@dataclass(frozen=True, slots=True)
class Cells:
    """Writes the SQL of one profile. `pseudo`: SQL of the names that are no column (key, file, the file's period)."""

    profile: Profile
    pseudo: Mapping[str, str]

    def row(self, entity: Entity) -> dict[str, str]:
        """Import column -> SQL of its text, for every column that the entity feeds."""
        table = TABLES[entity.table]
        return {name: self._first(table, table.column(name), texts) for name, texts in entity.columns.items()}

    def chosen(self, entity: Entity) -> str:
        """SQL that is true of the lines that feed the entity."""
        tests = [
            f"{self._text(name)} IS NOT NULL"
            if values == ("*",)
            else f"lower({self._mapped(name)}) IN ({quoted_list(value.casefold() for value in values)})"
            for name, values in entity.only.items()
        ]
        return " AND ".join(tests) or "true"

    def number(self, name: str) -> str:
        """SQL of a column as a plain number text, refused where it is none."""
        return self._signed(name, _number(self.profile.numbers, self._text(name)))

    def _first(self, table: Table, column: Column, templates: Iterable[str]) -> str:
        found = [self._template(table, column, template) for template in templates]
        return f"coalesce({', '.join(found)})"

    def _template(self, table: Table, column: Column, template: str) -> str:
        names = PART.findall(template)
        if template == f"{{{''.join(names[:1])}}}":
            return self._converted(table, column, names[0])
        if not names:
            return quoted(template)
        pieces = [self._piece(piece) for piece in re.split(r"(\{\w+\})", template) if piece]
        whole = " || ".join(pieces)
        if not table.is_id(column):
            return f"({whole})"
        # An id that a spreadsheet has turned into a number stays as it is, so that the rule for ids still sees it.
        damage = " ".join(
            f"WHEN regexp_full_match({self._text(name)}, '{_DAMAGED}') THEN {self._text(name)}" for name in names
        )
        return f"CASE {damage} ELSE {whole} END"

    def _piece(self, piece: str) -> str:
        name = PART.fullmatch(piece)
        return _plain_id(self._mapped(name[1])) if name else quoted(piece)

    def _converted(self, table: Table, column: Column, name: str) -> str:
        if name in self.pseudo:
            return self.pseudo[name]
        if column.type in {"date", "timestamp"} and name in self.profile.columns:
            return self._date(column, name)
        if column.type in {"money", "decimal", "integer"}:
            return self.number(name)
        if column.type in {"choice", "boolean"}:
            return self._turned(name, self._mapped(name, strict=True))
        return _plain_id(self._mapped(name)) if table.is_id(column) else self._mapped(name)

    def _text(self, name: str) -> str:
        return self.pseudo.get(name, f'"f_{name}"')

    def _mapped(self, name: str, *, strict: bool = False) -> str:
        """The value a value map gives; what it does not list is refused where only declared values may stand."""
        text, known = self._text(name), self.profile.value_maps.get(name)
        if known is None:
            return text
        other = quoted(known["*"]) if "*" in known else f"'{REFUSED}' || {text}" if strict else text
        listed = {_folded(key): value for key, value in known.items() if key != "*"}
        listed |= {_folded(value): value for value in known.values() if _folded(value) not in listed}
        cases = " ".join(f"WHEN {quoted(key)} THEN {quoted(value)}" for key, value in listed.items())
        return f"CASE WHEN {text} IS NULL THEN NULL ELSE CASE {folded_sql(text)} {cases} ELSE {other} END END"

    def _date(self, column: Column, name: str) -> str:
        formats = self.profile.date_format.get(name) or self.profile.date_format.get("*", ())
        text = self._text(name)
        tried = [self._one_date(column, text, form) for form in formats]
        return f"coalesce({', '.join(tried)}, '{REFUSED}' || {text})"

    def _one_date(self, column: Column, text: str, form: str) -> str:
        if form == "iso":
            return f"CASE WHEN regexp_matches({text}, '^\\d{{4}}-\\d\\d-\\d\\d') THEN {_iso(column, text)} END"
        if form == "excel":
            moment = f"CASE WHEN regexp_full_match({text}, '\\d{{5}}([.]0+)?') THEN {_EXCEL.replace('{t}', text)} END"
        else:
            # "%Y" also takes 25 for the year 25, which nobody means.
            parsed = f"try_strptime({text}, {quoted(form)})"
            moment = f"CASE WHEN year({parsed}) >= 1900 THEN {parsed} END"
        if column.type == "timestamp" and re.search("%[HIX]", form):
            zone = quoted(self.profile.timezone)
            return f"strftime(timezone({zone}, {moment}) AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"
        return f"strftime({moment}, '%Y-%m-%d')"

    def _signed(self, name: str, number: str) -> str:
        """A number with the sign that costs have in the import format: positive."""
        sign = self.profile.sign.get(name)
        if sign is None:
            return number
        turned = _negated(number) if sign.costs == "negative" else number
        if not sign.negate:
            return turned
        listed = quoted_list(sign.negate)
        return f"CASE WHEN {self._mapped(sign.by)} IN ({listed}) AND NOT starts_with({turned}, '-') THEN {_negated(turned)} ELSE {turned} END"

    def _turned(self, name: str, mapped: str) -> str:
        """A type that stands for something else where its amount is below zero."""
        for amount, sign in self.profile.sign.items():
            if sign.by == name and sign.below_zero:
                keep = f"starts_with({mapped}, '{REFUSED}') OR {mapped} IN ({quoted_list(sign.negate or ('',))})"
                below = f"starts_with({self.number(amount)}, '-') AND NOT ({keep})"
                return f"CASE WHEN {below} THEN {quoted(sign.below_zero)} ELSE {mapped} END"
        return mapped


def folded_sql(text: str) -> str:
    """SQL of a cell as values are compared: small letters, single spaces."""
    return f"regexp_replace(trim(lower({text})), '\\s+', ' ', 'g')"


def clean(cell: str, unknown: Iterable[str]) -> str:
    """SQL of a cell without the space around it; NULL when it is empty or stands for "not known".

    Looking first is cheaper than trimming, as nearly no cell has space around it.
    """
    ends = " OR ".join(f"ends_with({cell}, {end})" for end in ("' '", "chr(9)", "chr(160)"))
    trimmed = f"NULLIF(regexp_replace({cell}, '^[\\s\\x{{A0}}]+|[\\s\\x{{A0}}]+$', '', 'g'), '')"
    bare = f"CASE WHEN {cell} > '!' AND NOT ({ends} OR starts_with({cell}, chr(160))) THEN {cell} ELSE {trimmed} END"
    listed = [_folded(text) for text in unknown]
    if not listed:
        return bare
    short = f"length({cell}) <= {max(map(len, listed)) + 8}"
    return f"CASE WHEN {short} AND lower({bare}) IN ({quoted_list(listed)}) THEN NULL ELSE {bare} END"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _plain_id(text: str) -> str:
    """One file writes 12345, the next 12345.0: the same id."""
    return f"regexp_replace({text}, '^(\\d+)[.]0+$', '\\1')"


def _iso(column: Column, text: str) -> str:
    return f"left({text}, 10)" if column.type == "date" else text


def _negated(number: str) -> str:
    return (
        f"CASE WHEN starts_with({number}, '{REFUSED}') THEN {number} "
        f"WHEN starts_with({number}, '-') THEN substr({number}, 2) ELSE '-' || {number} END"
    )


def _number(style: Numbers, text: str) -> str:
    """SQL that is a plain number such as -1250.50; a text that is not written in the declared style is refused."""
    point, gap = re.escape(style.decimal), re.escape(style.thousands)
    grouped = f"\\d{{1,3}}(?:{gap}\\d{{3}})+|" if gap else ""
    digits = f"(?:(?:{grouped}\\d+)(?:{point}\\d*)?|{point}\\d+)"
    forms = {
        "-5": f"-\\s?{digits}",
        "5-": f"{digits}\\s?-",
        "(5)": f"\\(\\s?{digits}\\s?\\)",
        "5 CR": f"{digits}\\s?(?:CR|DR)",
    }
    allowed = "|".join([f"[+]?{digits}", *(forms[name] for name in style.negative)])
    symbols = "|".join(re.escape(symbol) for symbol in style.symbols)
    bare = f"replace(regexp_replace({text}, '{_SPACES}', ' ', 'g'), '−', '-')"
    if symbols:
        bare = f"trim(regexp_replace({bare}, {quoted(symbols)}, '', 'gi'))"
    plain = f"replace(regexp_replace({bare}, {quoted('[^0-9' + point + ']')}, '', 'g'), {quoted(style.decimal)}, '.')"
    minus = f"CASE WHEN regexp_matches({bare}, '(?i)^-|-$|^\\(|CR$') THEN '-' ELSE '' END"
    return f"CASE WHEN regexp_full_match({bare}, {quoted('(?i)(?:' + allowed + ')')}) THEN {minus} || {plain} ELSE '{REFUSED}' || {text} END"
