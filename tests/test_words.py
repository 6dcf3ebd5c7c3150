"""Both languages say the same things, and every word that is asked for is there."""

import json
import re
import string
import tomllib
from pathlib import Path

import pytest

from conv.words import LANGUAGES, texts, words
from tests.cases import in_turn

CONV = Path(__file__).parents[1] / "conv"
SOURCES = [path.read_text(encoding="utf-8") for path in CONV.rglob("*.py")]
FILES = {path.name for path in CONV.rglob("*.*")}
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in CONV.rglob("*.js")}


def stage_names():
    """The words of the stage that its scripts take, without their section: `words.play`, and one
    of each kind for every key of the list of keys."""
    code = "\n".join(SCRIPTS.values())
    listed = re.search(r"const KEYS = (\[[^\]]*\]);", SCRIPTS["foot.js"])[1]
    kinds = re.findall(r"\bwords\[`(\w+_)\$\{key\}`\]", SCRIPTS["foot.js"])
    assert kinds
    made = {f"{kind}{key}" for kind in kinds for key in json.loads(listed)}
    return made | set(re.findall(r"\bwords\.([a-z_]+)\b", code))


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_languages_have_the_same_keys():
    keys = [set(texts(lang)) for lang in LANGUAGES]
    assert keys[0] == keys[1]
    assert len(keys[0]) > 100


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_is_said_twice(lang):
    files = [tomllib.loads(path.read_text("utf-8")) for path in (CONV / "words" / lang).iterdir()]
    keys = [(section, name) for file in files for section in file for name in file[section]]
    assert len(set(keys)) == len(keys) == len(texts(lang))


@in_turn("key", texts("en"))
def test_languages_fill_in_the_same_values(key):
    if not key.startswith("hover."):
        assert fields(texts("en")[key]) == fields(texts("zh")[key])


def test_chinese_texts_are_chinese():
    """What may stay as it is: names of variables, and the languages' own names."""
    same = {key for key, text in texts("zh").items() if text == texts("en")[key]}
    assert same <= {
        "panel.grad_output",
        "panel.dw",
        "panel.dx",
        "caption.kernel",
        "caption.plane",
        "caption.plane_product",
        "walk.part",
        "walk.step",
        "walk.loss_ten",
        "sum.output_one",
        "control.top_diff",
        "data.file",
        "scene.dw",
        "scene.dx",
        "thumbnails.x",
        "thumbnails.grad_output_items",
        "thumbnails.grad_output_filters",
        "lang.en",
        "lang.zh",
        *(
            key for key in texts("en") if key.startswith(("pace.", "rule.sgd", "update.step_"))
        ),  # formulas
        *(key for key in texts("en") if key.startswith("stage.name_")),  # what stands on a key
    }


def test_every_key_that_the_code_names_is_in_the_catalogue():
    named = {
        key
        for source in SOURCES
        for key in re.findall(r'"([a-z]+\.[a-z0-9_]+)"', source)
        if key.split(".")[0] in {name.split(".")[0] for name in texts("en")} and key not in FILES
    }
    assert named <= set(texts("en"))
    assert len(named) > 60


def test_no_key_is_left_over():
    """A key is named whole, or made of its section and a name that the code chooses."""
    made = {"control", "help", "data", "scene", "top_diff", "in_use", "lang", "picture", "notice"}
    made |= {"page_title", "scan", "products", "clock", "rule", "diverged", "loss", "pace"}
    made |= {"mistake", "about_mistake", "controls", "agreement", "mistakes", "quiz"}
    made |= {"section", "about_section", "walk", "format", "toolbar"}
    made.add("snippet")  # written into code by templates, held in tests/snippets
    made.add("stage")  # sent to the browser as it is, and held below
    code = "\n".join(SOURCES)
    unused = [
        key
        for key in texts("en")
        if f'"{key}"' not in code
        and key.split(".")[0] not in made
        and not any(f'f"{key[:end]}{{' in code for end in ends_of_words(key))
        and not (key.startswith("cli.") and key.split(".")[1].split("_")[-1] in code)
    ]
    assert unused == []


def ends_of_words(key):
    return [k + 1 for k, sign in enumerate(key) if sign in "._"]


def test_stage_has_the_words_that_its_scripts_take_and_no_other():
    words_of_stage = {key.removeprefix("stage.") for key in texts("en") if key.startswith("stage.")}
    assert stage_names() == words_of_stage


def test_a_text_takes_its_values():
    assert words("en")("caption.kernel", f=3, c=5) == "w[3, 5]"
    assert words("zh")("word.over_items", count=9) == "9 个样本"


@pytest.mark.parametrize("lang", ["fr", "../en", ""])
def test_unknown_language(lang):
    with pytest.raises(KeyError):
        words(lang)


def test_unknown_key_or_value():
    with pytest.raises(KeyError):
        words("en")("caption.nothing")
    with pytest.raises(KeyError):
        words("en")("caption.kernel", f=3)
