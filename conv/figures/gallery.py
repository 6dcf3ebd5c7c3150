"""The gallery: every scene in both themes and both languages, and a page that shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from io import BytesIO
from itertools import groupby, product

from PIL.PngImagePlugin import PngImageFile, PngInfo

from conv.results import Bundle, Results, make_bundle
from conv.scenes import Scene, make_scene
from conv.sources import load
from conv.state.fields import Value
from conv.state.legal import nearest
from conv.state.rooms import SCENES
from conv.state.view import View
from conv.words import LANGUAGES, words

from .chromium import Chromium
from .digest import digest
from .figure import scene_figure
from .files import Order, picture_file
from .film import Reel, film_file
from .palette import THEMES, ThemeName
from .sheet import Sheet

DIGEST = "Digest"  # the word before what says, in a file, what is on the picture
INDEX = "index.html"
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 80rem; margin: 2rem auto; padding: 0 1rem }
div { display: grid; grid-template-columns: repeat(2, 1fr); gap: 2rem }
@media (width < 50rem) { div { grid-template-columns: 1fr } }
figure { margin: 0 }
img { width: 100%; height: auto; border: 1px solid #8884 }
code { font-size: 0.8rem; overflow-wrap: anywhere }
"""


def _of(data: str, **asked: Value) -> View:
    return replace(load(data).default, **asked)  # type: ignore[arg-type] # as their fields are


@cache
def _subjects() -> Mapping[str, View]:
    """What is shown: every scene of the notebook's layer, and what the other data and another
    geometry show best."""
    return {
        **{scene: _of("notebook", scene=scene) for scene in SCENES},
        "update": _of("notebook", scene="update", t=24),
        "notebook": _of("notebook", scene="notebook", section="rotation_doubt"),
        "dx-stride-2": _of("notebook", scene="dx", stride=(2, 2)),
        "dx-on-paper": _of("paper", scene="dx"),
        "mistakes-on-paper": _of("paper", scene="mistakes"),
        "photograph": _of("sobel", i=14, j=27),
    }


@dataclass(frozen=True)
class Picture:
    """A picture of the gallery, or a film of a scene's steps, in a theme and a language."""

    subject: str
    order: Order
    reel: Reel | None = None

    @property
    def name(self) -> str:
        """Its file's name without the ending."""
        return f"{self.subject}-{self.order.sheet.theme}-{self.order.view.lang}"

    @property
    def file(self) -> str:
        """Its file's name."""
        return f"{self.name}.gif" if self.reel else f"{self.name}.png"

    @property
    def command(self) -> str:
        """The command that makes it."""
        if self.reel:
            return self.order.command("animate", "gif", self.reel.to_arguments(), self.name)
        return self.order.command("figure", "png", name=self.name)


def pictures(scale: float | None = None) -> list[Picture]:
    """All of them, with so many pixels for one of the sheet."""
    looks = list(product(THEMES, LANGUAGES))
    still = [
        Picture(subject, _order(replace(asked, lang=lang), theme, scale))
        for subject, asked in _subjects().items()
        for theme, lang in looks
    ]
    film = _of("notebook", scene="dx")
    films = [
        Picture("dx-film", _order(replace(film, lang=lang), theme, None), Reel(every=2))
        for theme, lang in looks
    ]
    return [*still, *films]


def draw(chromium: Chromium, picture: Picture) -> bytes:
    """The picture's file, packed as small as it goes; raises ConvError."""
    scene = _scene(picture)
    noted = f"{DIGEST} {_digest(picture, scene)}".encode()
    if picture.reel:
        gif = film_file(chromium, scene, picture.order, picture.reel, "gif", _unheard)
        return gif[:-1] + b"\x21\xfe" + bytes([len(noted)]) + noted + b"\0" + gif[-1:]
    with PngImageFile(BytesIO(picture_file(chromium, scene, picture.order, "png"))) as drawn:
        texts = PngInfo()
        for name, text in drawn.text.items():
            texts.add_itxt(name, text)
        texts.add_itxt(DIGEST, noted.decode())
        file = BytesIO()
        drawn.convert("RGB").save(file, "PNG", pnginfo=texts, compress_level=9)
    return file.getvalue()


def is_current(picture: Picture, file: bytes) -> bool:
    """Whether the code would draw what is on the picture's file, whoever has drawn it."""
    return f"{DIGEST} {_digest(picture, _scene(picture))}".encode() in file


def index_page(shown: Sequence[Picture]) -> str:
    """A page of the pictures, which lie beside it."""
    title = " · ".join(words(lang)("page.title") for lang in LANGUAGES)
    by_subject = groupby(shown, key=lambda picture: picture.subject)
    sections = "".join(_section(list(pictures)) for _, pictures in by_subject)
    return f"""<!doctype html>
<html lang="{LANGUAGES[0]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
{sections}</body>
</html>
"""


def _section(shown: Sequence[Picture]) -> str:
    scene = shown[0].order.view.scene
    names = dict.fromkeys(words(lang)(f"scene.{scene}") for lang in LANGUAGES)
    figures = "".join(_entry(picture) for picture in shown)
    heading = f"{' · '.join(names)} <small>{shown[0].subject}</small>"
    return f"<h2>{heading}</h2>\n<div>\n{figures}</div>\n"


def _entry(picture: Picture) -> str:
    view = picture.order.view
    alt = _scene(picture).alt
    text = escape(words(view.lang)(alt.key, **alt.values))
    image = f'<img src="{picture.file}" alt="{text}" loading="lazy">'
    caption = f"{text}<br><code>{escape(picture.command)}</code>"
    return f"""<figure lang="{view.lang}">
<a href="{picture.file}">{image}</a>
<figcaption>{caption}</figcaption>
</figure>
"""


def _order(asked: View, theme: ThemeName, scale: float | None) -> Order:
    data = load(asked.data)
    view, _ = nearest(asked, data.sizes)
    return Order(view, data.default, Sheet(theme=theme), scale)


def _scene(picture: Picture) -> Scene:
    view = picture.order.view
    bundle, results = _tensors(view.of_tensors())
    return make_scene(view, bundle, results)


@cache
def _tensors(view: View) -> tuple[Bundle, Results]:
    bundle = make_bundle(view, load(view.data))
    return bundle, Results(bundle)


def _unheard(_: int, __: int) -> None:
    """Hears of a film's frames."""


def _digest(picture: Picture, scene: Scene) -> str:
    return digest(scene_figure(scene, words(picture.order.view.lang), picture.order.sheet))
