"""The catalogue: every text that a person reads, by key, in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files

Words = Callable[..., str]
LANGUAGES = ("en", "zh")


def words(lang: str) -> Words:
    """The reader of one language: `words("en")("caption.kernel", f=3, c=5)` is a text.

    Raises KeyError where the catalogue has no such language, key or value.
    """
    return partial(_text, texts(lang))


@cache
def texts(lang: str) -> dict[str, str]:
    """Every text of a language by its full key, such as "panel.dw"; raises KeyError. A folder has
    the files of a language: what is added, such as a scene, may have one of its own."""
    folder = files(__package__).joinpath(lang)
    if not lang.isalpha() or not folder.is_dir():
        raise KeyError(lang)
    found = dict[str, str]()
    for file in folder.iterdir():
        for section, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            found |= {f"{section}.{name}": text for name, text in entries.items()}
    return found


def _text(catalogue: dict[str, str], key: str, /, **values: object) -> str:
    return catalogue[key].format_map(values) if values else catalogue[key]
