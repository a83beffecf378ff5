"""The page about files lists exactly the profiles that are shipped, and every key a profile may have."""

from __future__ import annotations

from dataclasses import fields

from analytics.profiles.page import PAGE, page
from analytics.profiles.profile import Profile


def test_the_list_of_profiles_is_made_from_the_profiles() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run: python -m analytics.profiles.page"


def test_every_key_of_a_profile_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = {field.name for field in fields(Profile)} - {"name", "entities", "numbers"} | {
        "entity",
        "number",
        "country_codes",
    }
    assert [name for name in sorted(names) if f"`{name}" not in text] == []
