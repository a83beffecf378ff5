"""The app package: valid by Microsoft's own schemas in every version, complete in every language, and told what is wrong."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from analytics.errors import SettingsError
from app import cli
from bot.cli import packaging
from bot.cli.packaging import App
from manifest import icons

APP_ID = "22222222-2222-2222-2222-222222222222"
ROOT = Path(__file__).parents[2]


def an_app(**changes: Any) -> App:
    given = {
        "app_id": APP_ID,
        "host": "bot.example.com",
        "developer": "Contoso",
        "website": "https://contoso.example/f",
    }
    return App(**{**given, **changes})


@pytest.mark.parametrize("schema", packaging.SCHEMAS)
def test_every_version_of_the_schema_accepts_the_package(schema: str) -> None:
    files = packaging.build(an_app(schema=schema))
    assert json.loads(files["manifest.json"])["manifestVersion"] == schema
    assert set(files) == {
        "manifest.json",
        "color.png",
        "outline.png",
        "de.json",
        "es.json",
        "fr.json",
        "ja.json",
        "pt.json",
    }


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda m: m["name"].update(short="x" * 31), "name.short"),
        (lambda m: m["bots"][0]["scopes"].append("everywhere"), "bots.0.scopes"),
        (lambda m: m.update(surprise=1), "surprise"),
        (lambda m: m["bots"][0].update(botId="nobody"), "bots.0.botId"),
        (lambda m: m.pop("description"), "description"),
    ],
)
def test_a_spoilt_manifest_is_refused_by_the_schema(spoil: Any, said: str) -> None:
    manifest = json.loads(packaging.build(an_app())["manifest.json"])
    spoil(manifest)
    assert [told for told in packaging.invalid(manifest, packaging.DEFAULT_SCHEMA) if said in told]


def test_the_manifest_asks_for_what_the_bot_does() -> None:
    manifest = json.loads(packaging.build(an_app())["manifest.json"])
    (bot,) = manifest["bots"]
    assert bot["botId"] == manifest["webApplicationInfo"]["id"] == APP_ID
    assert bot["scopes"] == ["personal", "team", "groupChat"]
    assert bot["supportsFiles"] is True
    assert manifest["validDomains"] == ["bot.example.com", "token.botframework.com"]
    asked = {one["name"] for one in manifest["authorization"]["permissions"]["resourceSpecific"]}
    assert asked == {name for name, _ in packaging.PERMISSIONS}


@pytest.mark.parametrize("schema", packaging.SCHEMAS)
@pytest.mark.parametrize("tag", [tag for tag in packaging.LANGUAGES if tag != "en"])
def test_a_language_says_everything_the_manifest_says(tag: str, schema: str) -> None:
    manifest = packaging.manifest(an_app(schema=schema))
    said = packaging.localized(an_app(schema=schema), tag)
    for number, commands in enumerate(manifest["bots"][0]["commandLists"]):
        for at, command in enumerate(commands["commands"]):
            for key in command.keys() - {"type"}:
                assert said.pop(f"bots[0].commandLists[{number}].commands[{at}].{key}")
    assert set(said) == {"$schema", "name.short", "name.full", "description.short", "description.full"}


def test_starters_are_commands_on_an_older_schema_and_prompts_on_a_newer_one() -> None:
    def starter(schema: str) -> dict[str, str]:
        found: dict[str, str] = packaging.manifest(an_app(schema=schema))["bots"][0]["commandLists"][0]["commands"][-1]
        return found

    assert starter("1.22") == {"title": "What does time to hire mean?", "description": "What a number means"}
    assert starter("1.30") == {
        "title": "What a number means",
        "type": "prompt",
        "prompt": "What does time to hire mean?",
    }


def test_the_same_package_has_the_same_bytes(tmp_path: Path) -> None:
    packaging.write(an_app(), tmp_path / "one.zip")
    packaging.write(an_app(), tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = an_app(
        app_id="2", host="*.example.com", version="1", name="n" * 31, website="http://x.example", schema="9.9"
    )
    with pytest.raises(SettingsError) as error:
        packaging.build(wrong)
    options = ("--app-id", "--host", "--version-of-manifest", "--name", "--website", "--schema")
    said = "\n".join(error.value.problems)
    assert [one for one in options if one not in said] == []


@pytest.mark.parametrize("host", ["abc.ngrok.io", "x.devtunnels.ms"])
def test_a_tunnel_is_no_host(host: str) -> None:
    assert "tunnel" in packaging.problems(an_app(host=host))[0]


def test_the_command_takes_a_public_address_and_writes_a_zip_with_everything_at_its_root(tmp_path: Path) -> None:
    out = tmp_path / "app.zip"
    options = ["--app-id", APP_ID.upper(), "--host", "https://bot.example.com/", "--developer", "Contoso"]
    done = CliRunner().invoke(
        cli, ["package", *options, "--website", "https://contoso.example/f", "--name", "Numbers", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(out) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert all("/" not in name for name in archive.namelist())
        assert Image.open(io.BytesIO(archive.read("color.png"))).size == (192, 192)
    assert manifest["name"]["short"] == "Numbers"
    assert manifest["validDomains"][0] == "bot.example.com"


def test_the_command_asks_for_what_is_missing(tmp_path: Path) -> None:
    answers = f"{APP_ID}\nbot.example.com\nContoso\nhttps://contoso.example/f\n"
    done = CliRunner().invoke(cli, ["package", "--out", str(tmp_path / "app.zip")], input=answers)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "app.zip").exists()


def test_the_command_refuses_what_teams_would_refuse(tmp_path: Path) -> None:
    options = ["--app-id", "2", "--host", "bot.example.com", "--developer", "C", "--website", "https://contoso.example"]
    assert CliRunner().invoke(cli, ["package", *options, "--out", str(tmp_path / "app.zip")]).exit_code == 2
    assert not (tmp_path / "app.zip").exists()


def test_the_guide_says_of_each_permission_why() -> None:
    guide = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert [name for name, why in packaging.PERMISSIONS if f"| `{name}` | {why} |" not in guide] == []


def test_the_icons_are_the_ones_that_the_script_draws() -> None:
    for path, drawn in ((icons.COLOR, icons.color()), (icons.OUTLINE, icons.outline())):
        kept = Image.open(path)
        assert (kept.size, kept.mode) == (drawn.size, "RGBA")
        apart = sum(abs(a - b) for a, b in zip(kept.tobytes(), drawn.tobytes(), strict=True)) / len(kept.tobytes())
        assert apart < 1, f"run: python -m manifest.icons ({path.name})"


def test_the_outline_is_white_on_transparent_and_nothing_else() -> None:
    outline = Image.open(icons.OUTLINE)
    assert outline.size == (32, 32)
    colours = {pixel[:3] for _, pixel in outline.getcolors(1024) or [] if isinstance(pixel, tuple) and pixel[3]}
    assert colours == {(255, 255, 255)}
    assert outline.getpixel((0, 0)) == (255, 255, 255, 0)


def test_the_colour_icon_is_a_full_square_that_stands_out_on_light_and_on_dark() -> None:
    colour = Image.open(icons.COLOR)
    assert colour.size == (192, 192)
    assert colour.getchannel("A").getextrema() == (255, 255)
    ground = colour.getpixel((0, 0))
    assert isinstance(ground, tuple)
    for page in ((255, 255, 255), (31, 31, 31)):
        assert contrast(ground[:3], page) > 1.5


def contrast(one: tuple[int, ...], two: tuple[int, ...]) -> float:
    """As the accessibility guidelines define it."""

    def light(colour: tuple[int, ...]) -> float:
        red, green, blue = (
            part / 255 / 12.92 if part / 255 <= 0.03928 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)
