"""Films, opened again by readers that know nothing of this project."""

import gc
import io
import threading
import warnings

import imageio.v3 as iio
import numpy as np
import pytest
from PIL import Image

from conv.cli import main
from conv.figures.files import Order
from conv.figures.film import Reel, film_file, steps_of
from conv.figures.palette import ROLES
from conv.figures.sheet import Sheet
from conv.ops import ConvError
from conv.sources import load
from tests.views import legal_view, scene_of

VIEW = legal_view("paper", stride=(2, 2), padding=(2, 2))  # 4x4 windows
PANEL = ("--data", "paper", "--stride", "2", "--padding", "2", "--panel", "input_pad")
WINDOW = [int(ROLES["window"].color[k : k + 2], 16) for k in (1, 3, 5)]


def frames_of(file):
    with Image.open(file) as film:
        frames, durations = [], []
        for k in range(film.n_frames):
            film.seek(k)
            frames.append(np.asarray(film.convert("RGB")))
            durations.append(film.info["duration"])
        return frames, durations, film.info


def place_of(frame):
    """The middle of what has the window's colour, (down, across)."""
    rows, columns = np.nonzero((frame == WINDOW).all(-1))
    return (rows.min() + rows.max()) / 2, (columns.min() + columns.max()) / 2


def check_places(places, steps):
    """The windows at these steps of a 4x4 output, a stride apart, lie on a square lattice."""
    places, steps = np.array(places), np.array(steps)
    cells = np.stack(np.divmod(steps, 4), -1)
    pitch = (places[-1] - places[0]).sum() / (cells[-1] - cells[0]).sum()
    assert pitch > 20
    np.testing.assert_allclose(places, places[0] + pitch * (cells - cells[0]), atol=0.6)


@pytest.fixture(scope="module")
def gif(drawing):
    told = []
    order = Order(VIEW, load("paper").default, Sheet(panel="input_pad"))
    film = film_file(
        drawing, scene_of(VIEW), order, Reel(fps=12), "gif", lambda *at: told.append(at)
    )
    return frames_of(io.BytesIO(film)), told


def test_gif_shows_every_step_and_tells_of_it(gif):
    (frames, durations, said), told = gif
    check_places([place_of(frame) for frame in frames], range(16))
    assert sum(durations) == round(16 / 12 * 100) * 10
    assert set(durations) == {80, 90}
    assert said["loop"] == 0
    assert said["comment"].decode().splitlines()[1].startswith("python -m conv animate overview")
    assert told == [(done, 16) for done in range(17)]


def test_every_kth_step_of_a_part_a_given_number_of_times(shell, gif):
    part = ("--from", "3", "--to", "12", "--every", "4", "--fps", "4")
    asked = ("animate", "overview", *PANEL, *part, "--loop", "2", "--lang", "en")
    files = {ending: shell(*asked, "-o", f"a.{ending}") for ending in ("gif", "webp", "apng")}
    (every, _, _), _ = gif
    for file in files.values():
        frames, durations, said = frames_of(file)
        check_places([place_of(frame) for frame in frames], [2, 6, 10])
        assert durations == [250, 250, 250]
        assert frames[0].shape[1] == every[0].shape[1] == 480
        assert said["loop"] == (1 if file.suffix == ".gif" else 2)  # played again, and played


@pytest.mark.parametrize("ending", ["mp4", "webm"])
def test_video_shows_what_the_gif_shows(shell, gif, ending):
    file = shell("animate", "overview", *PANEL, "--every", "3", "--fps", "10", "-o", f"a.{ending}")
    with warnings.catch_warnings():
        # The reader leaves the pipes of its ffmpeg open.
        warnings.simplefilter("ignore", ResourceWarning)
        with iio.imopen(file, "r", plugin="FFMPEG") as film:
            assert film.metadata()["fps"] == 10
            frames = film.read().astype(int)
        del film
        gc.collect()
    (every, _, _), _ = gif
    assert len(frames) == 6
    height, width = frames[0].shape[:2]
    away = [[np.abs(one - other[:height, :width]).mean() for other in every] for one in frames]
    assert [int(np.argmin(row)) for row in away] == [0, 3, 6, 9, 12, 15]
    assert np.min(away, -1).max() < 2


@pytest.mark.parametrize(
    ("data", "asked", "expected"),
    [
        ("paper", {"scene": "dw"}, range(9)),
        ("notebook", {"scene": "dw", "n": 4, "scan": "all"}, range(4 * 196, 5 * 196)),
        ("notebook", {"scene": "dx", "f": 15, "scan": "all"}, range(15 * 196, 16 * 196)),
        # 4 windows of each of 2 filters end with the 4096 cells of dx.
        (
            "sobel",
            {
                "scene": "dx",
                "f": 1,
                "scan": "all",
                "stride": (4, 4),
                "kernel": (7, 7),
                "padding": (0, 0),
                "dilation": (4, 4),
            },
            None,
        ),
        ("notebook", {"scene": "update"}, range(50)),
    ],
)
def test_a_scan_is_filmed_in_its_part(data, asked, expected):
    scene = scene_of(legal_view(data, **asked))
    if expected is None:
        windows = 2 * np.prod(scene.sizes["output"])
        cells = np.prod(scene.sizes["input"])
        assert windows < cells
        done = [max((step + 1) * windows // cells, 1) for step in range(cells)]
        expected = range(done.index(windows // 2 + 1), cells)
    assert steps_of(scene) == expected
    assert Reel(every=9).steps(scene) == expected[::9]


def test_a_film_of_a_scan_moves(shell):
    asked = ("--data", "sobel", "--f", "1", "--scan", "all", "--panel", "dx_scatter")
    size = ("--kernel", "7", "--stride", "4", "--padding", "0", "--every", "400", "--lang", "en")
    frames, _, _ = frames_of(shell("animate", "dx", *asked, *size, "-o", "a.gif"))
    places = [place_of(frame) for frame in frames]
    assert len(places) > 3
    assert len(set(places)) == len(places)


def test_colours_of_cells_stay_and_text_is_sharp(gif):
    (frames, _, _), _ = gif
    for frame in (frames[0], frames[-1]):
        colors, counts = np.unique(frame.reshape(-1, 3), axis=0, return_counts=True)
        assert len(colors) < 256
        ground = colors[counts.argmax()]
        assert ground.tolist() == [255, 255, 255]
    # No dither: where nothing changes, no pixel does.
    changed = (frames[0] != frames[1]).any(-1).mean()
    assert 0 < changed < 0.15


@pytest.mark.parametrize("scene", ["dx"])
def test_a_gif_of_the_notebooks_layer_stays_below_two_megabytes(shell, scene):
    """By its first frame and what each of a few in the middle adds."""
    sizes = []
    for last in ("90", "93"):
        reel = ("--from", "90", "--to", last, "--lang", "en")
        sizes.append(shell("animate", scene, *reel, "-o", f"{last}.gif").stat().st_size)
    one, four = sizes
    assert one + (four - one) / 3 * 195 < 2e6


def test_a_film_that_is_stopped_leaves_no_file_and_a_chromium_that_works(drawing, tmp_path):
    order = Order(VIEW, load("paper").default, Sheet(panel="input_pad"))

    class StopError(Exception):
        pass

    def told(done, _):
        if done == 2:
            raise StopError

    with pytest.raises(StopError):
        film_file(drawing, scene_of(VIEW), order, Reel(), "gif", told)
    again = film_file(drawing, scene_of(VIEW), order, Reel(every=8), "gif", lambda *_: None)
    assert len(frames_of(io.BytesIO(again))[0]) == 2
    assert not drawing.broken
    assert list(tmp_path.iterdir()) == []


def test_three_films_at_once_all_arrive(drawing):
    order = Order(VIEW, load("paper").default, Sheet(panel="input_pad"))
    made = {}

    def film(first):
        reel = Reel(first=first, every=5)
        file = film_file(drawing, scene_of(VIEW), order, reel, "gif", lambda *_: None)
        made[first] = [place_of(frame) for frame in frames_of(io.BytesIO(file))[0]]

    threads = [threading.Thread(target=film, args=(first,)) for first in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for first in (1, 2, 3):
        check_places(made[first], range(first - 1, 16, 5))


def test_frames_too_large_for_chromium_are_a_sentence(drawing):
    order = Order(VIEW, load("paper").default, Sheet(width=8000), 10)
    with pytest.raises(ConvError, match="at most 40 megapixels"):
        film_file(drawing, scene_of(VIEW), order, Reel(every=9), "gif", lambda *_: None)
    assert not drawing.broken


def test_without_ffmpeg_a_sentence_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(["animate", "overview", "-o", "a.mp4"]) == 2
    said = "mp4 needs ffmpeg: python -m pip install imageio-ffmpeg; gif does not\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--from", "9", "--to", "20"], "from and to must be steps of 1 to 16 in this order"),
        (["--from", "9", "--to", "8"], "got 9 and 8"),
        (["--fps", "0.1"], "fps must be from 0.5 to 50, got 0.1"),
        (["--panel", "nothing"], "panel must be one of input_pad, "),
        (["--width", "90"], "width must be from 100 to 8000 pixels, got 90"),
        (["--scale", "11"], "scale must be from 0.1 to 10, got 11"),
    ],
)
def test_what_cannot_be_filmed_is_a_sentence(arguments, sentence, capsys, tmp_path):
    command = ["animate", "overview", *PANEL[:-2], *arguments, "-o", str(tmp_path / "a.gif")]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
