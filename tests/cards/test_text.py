from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cards.help import help_card, welcome_card
from cards.show import card_for
from cards.text import clean, esc, plain
from cards.trouble import error_card, refusal_card, unclear_card
from cards.view import Choice, Choices, Next
from tests.cards import hard
from tests.cards.cases import ASKED, AT, EXAMPLES
from tests.cards.validate import check_card, shown_texts

BIDI, ZERO = "\u202e", "\u200b"
CORPUS = (
    "[click](http://evil.example)",
    "![p](http://evil.example/x.png)",
    "**bold** _it_ ***both***",
    "<b>x</b><script>alert(1)</script>",
    "<at>Everyone</at> look",
    "<at id='1'>Boss</at>",
    "http://evil.example/path?q=1",
    "www.evil.example",
    "mailto:a@evil.example",
    "javascript:alert(1)",
    "- a list",
    "+ a list",
    "1. a list",
    "12) a list",
    "# heading",
    "## heading",
    "> quote",
    "`code` ```fence```",
    "~~struck~~",
    "${secret} {{DATE(2020-01-01,SHORT)}} {{{{x}}}} $${{x",
    "line\nbreak\r\n- item",
    "tab\tand\x00null\x1b[31m",
    f"{BIDI}gnp.exe",
    f"zero{ZERO}width",
    "\\[still](x)\\",
    "a\\*b\\_c",
    "[ref]: http://evil.example",
    "&lt;b&gt; &amp; &#91;x&#93;",
    '=HYPERLINK("http://evil.example")',
    "https://evil.example)[x](y",
    "[x][y] ![z]",
    "|a|b|\n|-|-|",
    "--- ***",
    "a" * 500,
    "O'Brien-Smith, J. (Ann) & Co_x #1",
    "佐藤 美咲 👩‍💻 Żaneta Ωmega مرحبا",
)  # fmt: skip


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_name_is_only_ever_text_on_every_card(name: str) -> None:
    view = replace(
        ASKED,
        asked=name,
        scope=name,
        filters=(Choices("team", (Choice(name, "X"),)),),
        next=(Next(name, EXAMPLES[0].query, name),),
    )
    asks = (Next(name, EXAMPLES[0].query, name),)
    check_card(card_for(hard.hostile(name), view))
    check_card(welcome_card(view, asks, name), schema=False)
    check_card(help_card(view, asks), schema=False)
    check_card(unclear_card(view, asks, name), schema=False)
    check_card(refusal_card(view, "scope", name, asks), schema=False)
    check_card(error_card(view, "7F3A", AT, asks[0].query, name), schema=False)


@pytest.mark.parametrize("name", CORPUS)
def test_what_is_shown_can_still_be_read(name: str) -> None:
    card = card_for(hard.hostile(name), ASKED)
    words = [word for word in re.findall(r"[^\W_]+", clean(name)) if len(word) < 40]
    read = "\n".join(shown_texts(card))
    assert all(word in read for word in words)


def test_ordinary_names_read_as_they_are() -> None:
    assert esc("O'Brien-Smith, J. (Ann) & Co #1") == "O'Brien-Smith, J. (Ann) & Co #1"
    assert esc("R&D: 50% of 3.5 days") == "R&D: 50% of 3.5 days"


def test_only_what_every_client_unescapes_is_escaped() -> None:
    assert esc("a*b_c[d]") == "a\\*b\\_c\\[d\\]"
    assert not re.search(r"\\[^*_\[\]]", esc("".join(chr(c) for c in range(32, 127))))


def test_a_number_is_no_list_but_a_date_may_look_like_one() -> None:
    assert esc("6.8 days") == "6.8 days"
    assert esc("1. Juli 2026") == f"{ZERO}1. Juli 2026"


def test_direction_marks_and_invisible_characters_are_dropped() -> None:
    assert clean(f"{BIDI}a{ZERO}b\u2066c\ufeff") == "abc"


def test_a_joined_emoji_stays_whole() -> None:
    assert clean("👩‍💻") == "👩‍💻"


def test_long_plain_text_is_cut_with_an_ellipsis() -> None:
    assert plain("a" * 100, 10) == "aaaaaaaaa…"
