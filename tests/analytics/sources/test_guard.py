"""Nothing but one plain query can ever leave for Upwork, whatever it is dressed as."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.sources.upwork.documents import DOCUMENTS, TYPES
from analytics.sources.upwork.guard import NotReadOnly, must_only_read, tokens
from analytics.sources.upwork.selection import parse, render, without
from tests.fakes.upwork import FakeUpwork, make_company
from tests.fakes.upwork.connected import connected
from tests.fakes.upwork.language import BadDocument, read

END = 'endContract(input: {contractId: "1"}) { id }'
HOSTILE = {
    "a mutation": f"mutation end {{ {END} }}",
    "a mutation without a name": f"mutation {{ {END} }}",
    "a subscription": "subscription all { jobs { id } }",
    "a mutation behind a query": f"query a {{ organization {{ id }} }} mutation end {{ {END} }}",
    "a mutation before a query": f"mutation end {{ {END} }} query a {{ organization {{ id }} }}",
    "a mutation after a comment": f"query a {{ organization {{ id }} }} # nothing\nmutation end {{ {END} }}",
    "a mutation after a comment that a carriage return ends": f"query a {{ b }} # \rmutation c {{ {END} }}",
    "a mutation hidden from a reader of strings": f'query a {{ b(c: "\\"") {{ d }} }} mutation e {{ {END} }} # "',
    "a mutation after a block string": f'query a {{ b(c: """x""") {{ d }} }} mutation e {{ {END} }}',
    "a mutation after a tricky block string": f'query a {{ b(c: """\\"""") {{ d }} }} mutation e {{ {END} }} #""")',
    "a string that is never closed": 'query a { b(c: "x) }',
    "a mutation behind commas and a byte order mark": f"\ufeff,,,mutation,end,{{ {END} }}",
    "a word split by a zero-width space": f"muta\u200btion end {{ {END} }}",
    "a word in other letters": f"query \u0430 {{ {END} }}",
    "capital letters": f"MUTATION end {{ {END} }}",
    "no keyword": f"{{ {END} }}",
    "no name": "query { organization { id } }",
    "a fragment": "query a { ...f } fragment f on Query { organization { id } }",
    "a directive": "query a @live { organization { id } }",
    "a schema": "extend type Query { x: Int }",
    "two queries": "query a { b } query c { d }",
    "brackets that do not match": "query a { b ( } )",
    "brackets left open": "query a { b { c }",
    "nothing": "",
    "spaces of another script": "query\u00a0a { b }",
    "a null byte": "query a { b }\x00",
    "a list of documents": '[{"query": "mutation"}]',
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE.keys())
async def test_nothing_hostile_is_sent(document: str) -> None:
    fake = FakeUpwork(make_company(1, 1, 1, date(2026, 11, 19)))
    async with connected(fake) as line:
        with pytest.raises(NotReadOnly, match="not sent"):
            await line.client()._send(document, {}, "token")
    assert fake.arrivals == []


@pytest.mark.parametrize("document", [d.text for d in DOCUMENTS], ids=[d.name for d in DOCUMENTS])
def test_our_own_documents_pass_and_mean_the_same_once_taken_apart(document: str) -> None:
    must_only_read(document)
    again = render(parse(document))
    must_only_read(again)
    assert tokens(again) == tokens(document)
    assert read(again) == read(document)


@given(st.text(alphabet=st.sampled_from('{}()[]:$!"\\#\n\r, aquerymtion.@|=0\ufeff'), max_size=60))
def test_what_the_guard_lets_through_is_one_query_for_any_other_reader(text: str) -> None:
    document = f"query a {{ b {text} }}"
    try:
        must_only_read(document)
    except NotReadOnly:
        return
    try:
        found = read(document).kind
    except BadDocument as problem:
        found = str(problem)
    assert found == "query" or "More than one operation" not in found


def test_a_field_is_taken_out_of_its_own_type_only() -> None:
    selection = parse(
        "query a { organization { jobPosting { edges { node { id ownership { user { id email } team { id } } } } } } }"
    )
    smaller = render(without(selection, "GenericUser.email", TYPES))
    assert "user { id }" in smaller
    assert "team { id }" in render(without(selection, "GenericUser.id", TYPES))
    assert "ownership" not in render(without(selection, "JobPosting.ownership", TYPES))
    assert without(selection, "GenericUser.phone", TYPES) == selection


@pytest.mark.parametrize("document", DOCUMENTS, ids=[d.name for d in DOCUMENTS])
def test_every_needed_field_is_asked_for(document: object) -> None:
    for name in document.needs:  # type: ignore[attr-defined]
        selection = parse(document.text)  # type: ignore[attr-defined]
        assert without(selection, name, TYPES) != selection, name
