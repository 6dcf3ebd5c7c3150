"""A scene's steps as a moving picture: the stage in a page of its own, filmed step by step."""

from __future__ import annotations

import importlib.util
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from PIL import Image

from conv.ops import ConvError
from conv.scenes import Scene
from conv.scenes.alone import panel_alone

from .files import Order
from .origin import Origin, png_with
from .palette import THEMES, Theme
from .palettes import LAST, Palette
from .sheet import PANEL_WIDTH
from .signs import check_signs
from .stage import stage_data, stage_page
from .stage.page import plotly_path

if TYPE_CHECKING:  # it takes long to import, which the dashboard does not wait for
    from .chromium import Chromium

PICTURES = ("gif", "webp", "apng")  # by Pillow
VIDEOS = ("mp4", "webm")  # by ffmpeg
WIDTH, SCALE = 900, 1.0  # pixels of a scene, and of a frame for one of those
MOST = 600  # frames of a file
RATES = (0.5, 50.0)  # frames a second
_SAMPLES = 12  # frames that the palette is made of
_CODECS = {"mp4": ("libx264", ["-crf", "16"]), "webm": ("libvpx-vp9", ["-crf", "24", "-b:v", "0"])}


@dataclass(frozen=True)
class Reel:
    """Which steps are filmed, from `first` to `last` as the page counts them, from 1, every
    `every`-th of them; how many a second, and how often they are played, 0 being for ever.
    Without a first or a last one, all that the scene has."""

    fps: float = 8.0
    first: int | None = None
    last: int | None = None
    every: int = 1
    loop: int = 0

    def to_arguments(self) -> list[str]:
        """The command line's options that ask for this reel."""
        asked = {
            "--fps": (self.fps, 8.0),
            "--from": (self.first, None),
            "--to": (self.last, None),
            "--every": (self.every, 1),
            "--loop": (self.loop, 0),
        }
        given = [(name, f"{value:g}") for name, (value, usual) in asked.items() if value != usual]
        return [part for pair in given for part in pair]

    def steps(self, scene: Scene) -> range:
        """The steps, from 0; raises ConvError where the scene has none of them."""
        there = steps_of(scene)
        low, high = there.start + 1, there.stop
        first = low if self.first is None else self.first
        last = high if self.last is None else self.last
        if not low <= first <= last <= high:
            raise ConvError("error.film_steps", low=low, high=high, first=first, last=last)
        if not RATES[0] <= self.fps <= RATES[1]:
            raise ConvError("error.fps", low=RATES[0], high=RATES[1], fps=self.fps)
        if self.every < 1 or self.loop < 0:
            name, value = ("every", self.every) if self.every < 1 else ("loop", self.loop)
            raise ConvError("error.at_least", name=name, least=int(name == "every"), value=value)
        steps = range(first - 1, last, self.every)
        if len(steps) > MOST:
            least = math.ceil((last - first + 1) / MOST)
            raise ConvError("error.film_frames", most=MOST, count=len(steps), least=least)
        return steps


def steps_of(scene: Scene) -> range:
    """The steps that the scene has, from 0: all of them, or those of its part where its scan goes
    on over others; raises ConvError where it has none."""
    if not scene.clocks:
        raise ConvError("error.film_scene", scene=scene.name)
    counts = [math.prod(scene.sizes[space]) for space in scene.clocks]
    if scene.parts is None:
        return range(max(counts))
    own = counts[0]
    scanned = own * len(scene.parts.choices)
    count = max(scanned, *counts)
    # Where both clocks end together, the scan is so far at a step; see clocks.js.
    places = ((max((step + 1) * scanned // count, 1) - 1) // own for step in range(count))
    inside = [step for step, part in enumerate(places) if part == scene.parts.at]
    return range(inside[0], inside[-1] + 1)


def check_writer(ending: str) -> None:
    """Raises ConvError where nothing here writes films of this ending."""
    if ending in VIDEOS and not importlib.util.find_spec("imageio_ffmpeg"):
        raise ConvError("error.ffmpeg", ending=ending)


def film_file(
    chromium: Chromium,
    scene: Scene,
    order: Order,
    reel: Reel,
    ending: str,
    told: Callable[[int, int], None],
) -> bytes:
    """The scene's steps as a file of one of PICTURES or VIDEOS. `told` hears how many frames are
    done, and of how many; what it raises ends the film. Raises ConvError."""
    check_writer(ending)
    order.check(scene)
    steps = reel.steps(scene)
    origin = order.origin(scene, order.command("animate", ending, reel.to_arguments()))
    theme, panel = order.sheet.theme or "light", order.sheet.panel
    shown = panel_alone(scene, panel)
    width = order.sheet.width or (PANEL_WIDTH if panel else WIDTH)
    with TemporaryDirectory() as folder:
        page = Path(folder) / "film.html"
        data, plotly = stage_data(order.view, shown), plotly_path().as_uri()
        sheet = replace(order.sheet, theme=theme, width=width)
        html = stage_page(data, origin.title, sheet=sheet, plotlyjs=plotly, film=True)
        page.write_text(html, encoding="utf-8")

        def read(text: str) -> None:
            check_signs(chromium, text)

        def frames(wanted: Sequence[int]) -> Iterator[Image.Image]:
            with closing(chromium.film(page, wanted, width, order.scale or SCALE, read)) as shots:
                for k, shot in enumerate(shots):
                    told(k, len(wanted))
                    with Image.open(BytesIO(shot)) as picture:
                        yield picture.convert("RGB")
            told(len(wanted), len(wanted))

        if ending in VIDEOS:
            return _video(frames(steps), reel, Path(folder) / f"film.{ending}")
        return _pictures(_in_one_palette(steps, frames, THEMES[theme]), reel, ending, origin)


def _in_one_palette(
    steps: Sequence[int], frames: Callable[[Sequence[int]], Iterator[Image.Image]], theme: Theme
) -> list[Image.Image]:
    """The frames of these steps in the colours that most of their pixels have: those of the cells
    are kept as they are, and so is the middle of every stroke of a letter."""
    samples = sorted({steps[k * (len(steps) - 1) // _SAMPLES] for k in range(_SAMPLES + 1)})
    wanted = [*samples, *(step for step in steps if step not in set(samples))]
    shots = frames(wanted)
    first = [next(shots) for _ in samples]
    palette = Palette(first, theme)
    done = [palette.of(frame) for frame in itertools.chain(first, shots)]
    ordered = sorted(zip(wanted, done, strict=True), key=lambda pair: pair[0])
    return [frame for _, frame in ordered]


def _pictures(frames: list[Image.Image], reel: Reel, ending: str, origin: Origin) -> bytes:
    file = BytesIO()
    first, others = frames[0], frames[1:]
    shared: dict[str, Any] = {
        "save_all": True,
        "append_images": others,
        "duration": _durations(len(frames), reel.fps, 10 if ending == "gif" else 1),
    }
    if ending == "gif":
        # The file counts how often it is played again.
        again = {} if reel.loop == 1 else {"loop": max(0, reel.loop - 1)}
        palette = bytes(first.getpalette() or []).ljust(768, b"\0")
        first.save(
            file,
            "GIF",
            optimize=True,
            disposal=1,
            palette=palette,
            transparency=LAST,
            comment=origin.comment.encode(),
            **again,
            **shared,
        )
    elif ending == "webp":
        first.save(file, "WEBP", lossless=True, loop=reel.loop, xmp=origin.xmp.encode(), **shared)
    else:
        first.save(file, "PNG", loop=reel.loop, **shared)
        return png_with(file.getvalue(), origin)
    return file.getvalue()


def _durations(count: int, fps: float, unit: int) -> list[int]:
    """How long each frame is shown, in milliseconds that are whole times of a unit, so that all
    of them together last as long as they should."""
    ends = [round(1000 * k / fps / unit) for k in range(count + 1)]
    return [unit * (end - start) for start, end in itertools.pairwise(ends)]


def _video(frames: Iterator[Image.Image], reel: Reel, path: Path) -> bytes:
    import imageio_ffmpeg  # noqa: PLC0415 - an extra

    first = next(frames)
    # These codecs halve the sides of the colours.
    size = (first.width // 2 * 2, first.height // 2 * 2)
    codec, options = _CODECS[path.suffix[1:]]
    writer = imageio_ffmpeg.write_frames(
        str(path),
        size,
        fps=reel.fps,
        codec=codec,
        quality=None,
        macro_block_size=2,
        output_params=options,
    )
    writer.send(None)
    with closing(writer):
        for frame in itertools.chain([first], frames):
            writer.send(frame.crop((0, 0, *size)).tobytes())
    return path.read_bytes()
