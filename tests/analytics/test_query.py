"""The public format: what it says comes back as it was, and whatever it cannot mean is refused by name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import QuestionError
from analytics.model import GRAINS, Query
from analytics.query import NAMED_COMPARES, from_json, to_json

NAMES = st.text("abcdefgh -&", min_size=1, max_size=8).filter(lambda s: bool(s.strip()))
LISTS = st.lists(NAMES, min_size=1, max_size=3, unique=True)
NUMBERS = st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6, allow_nan=False))
PERIODS = st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 900), st.booleans()).map(
    lambda t: {"from": None if t[2] else str(t[0]), "to": str(t[0] + timedelta(days=t[1]))}
)
VALUES = st.lists(st.one_of(NAMES, st.fixed_dictionaries({"id": NAMES, "name": NAMES})), min_size=1, max_size=3)
FILTERS = st.one_of(
    VALUES,
    st.fixed_dictionaries({}, optional={"in": VALUES, "not": VALUES, "under": VALUES}).filter(bool),
    st.dictionaries(st.sampled_from(["gt", "gte", "lt", "lte"]), NUMBERS, min_size=1),
)
HAVING = st.fixed_dictionaries({"metric": NAMES, "op": st.sampled_from([">", ">=", "<", "<=", "="]), "value": NUMBERS})
QUERIES = st.fixed_dictionaries(
    {"metrics": LISTS},
    optional={
        "group_by": LISTS,
        "filters": st.dictionaries(NAMES, FILTERS, max_size=3),
        "time": PERIODS,
        "grain": st.sampled_from(GRAINS),
        "compare": st.one_of(
            st.sampled_from(NAMED_COMPARES), PERIODS, st.fixed_dictionaries({"dimension": NAMES, "values": VALUES})
        ),
        "having": st.one_of(HAVING, st.lists(HAVING, min_size=1, max_size=3)),
        "order": st.lists(st.tuples(NAMES, st.sampled_from(["asc", "desc"])).map(list), max_size=2),
        "limit": st.integers(1, 100),
        "as_share": st.booleans(),
        "rows": st.sampled_from(["contract", "job", "charge", "proposal"]),
        "at": st.sampled_from(["start", "end", "average", "any"]),
        "bands": st.fixed_dictionaries(
            {"dimension": NAMES, "edges": st.lists(st.integers(0, 900), max_size=4, unique=True).map(sorted)}
        ),
        "basis": NAMES,
    },
)


@given(QUERIES)
def test_what_a_query_says_comes_back_as_it_was(said: dict[str, Any]) -> None:
    query = from_json(said)
    assert from_json(to_json(query, ids=True)) == query
    normal = to_json(query)
    assert to_json(from_json(normal)) == normal
    assert not {None, ()} & {v for v in normal.values() if not isinstance(v, list | dict)}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"metrics": []},
        {"metrics": "spend"},
        {"metrics": ["spend", "spend"]},
        {"metrics": ["spend"], "group_by": ["team", "team"]},
        {"metrics": ["spend"], "group_bye": ["team"]},
        {"metrics": ["spend"], "filters": {"team": []}},
        {"metrics": ["spend"], "filters": {"team": {}}},
        {"metrics": ["spend"], "filters": {"team": {"in": []}}},
        {"metrics": ["spend"], "filters": {"team": {"is": ["A"]}}},
        {"metrics": ["spend"], "filters": {"team": [1]}},
        {"metrics": ["spend"], "filters": {"rate": {"gt": "10"}}},
        {"metrics": ["spend"], "filters": {"rate": {"gt": float("nan")}}},
        {"metrics": ["spend"], "filters": {"rate": {"gt": True}}},
        {"metrics": ["spend"], "time": {"from": "2026-07-01"}},
        {"metrics": ["spend"], "time": {"from": "2026-07-01", "to": "2026-07-01"}},
        {"metrics": ["spend"], "time": {"from": "2026-02-30", "to": "2026-07-01"}},
        {"metrics": ["spend"], "grain": "day"},
        {"metrics": ["spend"], "compare": "yesterday"},
        {"metrics": ["spend"], "compare": {"dimension": "team"}},
        {"metrics": ["spend"], "having": {"metric": "spend", "op": "!=", "value": 1}},
        {"metrics": ["spend"], "having": {"metric": "spend", "op": ">"}},
        {"metrics": ["spend"], "order": ["spend"]},
        {"metrics": ["spend"], "order": [["spend", "down"]]},
        {"metrics": ["spend"], "limit": 0},
        {"metrics": ["spend"], "limit": True},
        {"metrics": ["spend"], "limit": 101},
        {"metrics": ["spend"], "as_share": "yes"},
        {"metrics": ["spend"], "rows": "invoice"},
        {"metrics": ["spend"], "at": "noon"},
        {"metrics": ["spend"], "bands": {"dimension": "rate", "edges": [2, 1]}},
        {"metrics": ["spend"], "bands": {"dimension": "rate", "edges": [1, 1]}},
    ],
    ids=str,
)
def test_what_it_cannot_mean_is_refused(said: Any) -> None:
    with pytest.raises(QuestionError):
        from_json(said)


def test_absent_keys_are_no_wish_and_a_near_miss_is_offered() -> None:
    assert from_json({"metrics": ["spend"]}) == Query(("spend",))
    with pytest.raises(QuestionError, match='"group_by"'):
        from_json({"metrics": ["spend"], "groupby": ["team"]})
