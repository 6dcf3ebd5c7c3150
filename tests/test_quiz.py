"""The quiz: what may be asked, and that nothing but the numbers tells the answer."""

import json
from dataclasses import replace

import numpy as np
import pytest

from conv.figures.figure import scene_figure
from conv.figures.stage import stage_data
from conv.ops import Geometry
from conv.ops.wrong_gradients import MISTAKES as OPS
from conv.ops.wrong_gradients import right
from conv.results import Bundle, Results
from conv.scenes import make_scene
from conv.scenes.quiz import Asked, Question, candidates, draw_question, quiz
from conv.spot import Spot
from conv.state.view import View, choices
from conv.words import LANGUAGES, words
from tests.mistake_spots import GEOMETRIES, MISTAKE, SMALL, shown_part, spot_at, spot_of, view_near
from tests.views import item_of, name_of, panels_of
from tests.written import say

MISTAKES = choices("mistake")

TENSORS = {"dw", "dx", "db"}
VIEWS = [
    *(view_near(data, **asked) for data in SMALL for asked in GEOMETRIES.values()),
    *(view_near(data, **GEOMETRIES["stride 2"]) for data in ("notebook", "sobel")),
]


@pytest.fixture(scope="module", params=VIEWS, ids=name_of)
def spot(request):
    """All tests of a view run one after the other, on the same questions."""
    return spot_at(request.param)


def asking(spot, question, *, answered=False):
    return replace(spot, prepared=Asked(question, answered))


def asked(spot):
    return replace(spot, view=replace(spot.view, scene="quiz"))


def parts_of(spot, tensor):
    """What the view shows of the right gradient and of each mistake's, by name."""
    given = spot.given
    whole = {"right": right(tensor, given)}
    whole |= {m.name: m.wrong(given) for m in OPS if m.tensor == tensor}
    return {name: shown_part(spot, tensor, array) for name, array in whole.items()}


def differ(a, b):
    if a.shape != b.shape:
        return True
    largest = max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
    return bool((np.abs(a - b) > 1e-9 * largest).any())


def questions(spot):
    """Every question that may be asked of a view."""
    return [
        Question(tensor, name, choices)
        for tensor, choices in candidates(spot).items()
        if len(choices) > 1
        for name in choices
    ]


def test_candidates_differ_from_one_another_and_no_other_does(spot):
    found = candidates(spot)
    assert set(found) == TENSORS
    for tensor, names in found.items():
        parts = parts_of(spot, tensor)
        assert names[0] == "right"
        assert list(names) == [name for name in parts if name in names]
        for k, name in enumerate(names):
            assert all(differ(parts[name], parts[other]) for other in names[:k])
        for name in parts.keys() - set(names):
            assert any(not differ(parts[name], parts[other]) for other in names)


def test_what_can_be_asked_of_the_worked_example():
    assert candidates(spot_of("paper")) == {
        "dw": ("right", "dw_swapped"),
        "dx": ("right", "unrotated", "crop_wrong"),
        "db": ("right", "db_averaged"),
    }
    dx = candidates(spot_of("paper", stride=(2, 2), dilation=(2, 2), padding=(2, 2)))["dx"]
    assert dx == ("right", "unrotated", "zeros_forgotten", "dilation_ignored")


def test_what_differs_out_of_sight_alone_is_not_asked():
    """A rotation changes nothing of the one kernel, and with it of the channel that is shown."""
    geometry, rng = Geometry((1, 2, 6, 5), (1, 2, 3, 3), padding=1), np.random.default_rng(5)
    x, w, g = (
        rng.standard_normal(size)
        for size in (geometry.input_size, geometry.weight_size, geometry.output_size)
    )
    w[0, 1] += w[0, 1, ::-1, ::-1]
    bundle = Bundle(x, w, np.zeros(1), g, geometry, "normal", seeded_weight=False)
    found = [
        candidates(Spot(View(scene="quiz", data="paper", c=c), bundle, Results(bundle)))["dx"]
        for c in (0, 1)
    ]
    assert ["unrotated" in names for names in found] == [True, False]


def test_every_answer_comes_up_and_a_seed_asks_the_same_again():
    found = candidates(spot_of("notebook", stride=(2, 2), padding=(0, 0)))
    drawn = [draw_question(found, np.random.default_rng((3, k))) for k in range(300)]
    assert {(q.tensor, q.answer) for q in drawn} == {
        (tensor, name) for tensor, names in found.items() for name in names
    }
    assert all(q.choices == found[q.tensor] for q in drawn)
    assert drawn[:20] == [draw_question(found, np.random.default_rng((3, k))) for k in range(20)]
    assert drawn[:20] != [draw_question(found, np.random.default_rng((4, k))) for k in range(20)]


def test_a_gradient_without_a_mistake_to_tell_is_not_asked_for():
    found = {"dw": ("right",), "dx": ("right", "unrotated"), "db": ("right",)}
    drawn = [draw_question(found, np.random.default_rng(k)) for k in range(50)]
    assert {q.tensor for q in drawn} == {"dx"}
    assert draw_question(dict.fromkeys(TENSORS, ("right",)), np.random.default_rng(0)) is None


def test_one_array_is_shown_and_it_is_the_one_asked_about(spot):
    for question in questions(spot):
        scene, part = (
            quiz(asking(asked(spot), question)),
            parts_of(spot, question.tensor)[question.answer],
        )
        found = panels_of(scene)
        assert not {"wrong", "right", "difference"} & set(found)
        if part.size:
            np.testing.assert_allclose(found["unknown"].values, part, rtol=1e-12)
            assert not found["unknown"].compared
        else:
            text = item_of(scene, "unknown").text
            assert say(text).startswith("An array of")


def test_the_answer_shows_the_right_one_and_the_difference(spot):
    for question in questions(spot):
        found = panels_of(quiz(asking(asked(spot), question, answered=True)))
        parts = parts_of(spot, question.tensor)
        part = parts[question.answer]
        np.testing.assert_allclose(found["right"].values, parts["right"], rtol=1e-9, atol=1e-9)
        assert ("unknown" in found) == bool(part.size)
        assert ("difference" in found) == (part.shape == parts["right"].shape)
        if "difference" in found:
            gap = found["difference"].values
            assert gap.any() == (question.answer != "right")
            size = np.abs(parts["right"]).max()
            np.testing.assert_allclose(gap, part - parts["right"], rtol=1e-9, atol=1e-9 * size)


def without_numbers(sent):
    """What is sent, but for the numbers and the range of colours of the array in question."""
    sent = json.loads(json.dumps(sent))
    for table in sent["tables"]:
        table["data"] = ""
    for band in sent["bands"]:
        for section in band:
            for row in section["rows"]:
                for item in row:
                    if item.get("name") == "unknown":
                        item["range"] = []
    return sent


def test_what_is_sent_is_alike_for_all_answers_of_one_shape(spot):
    alike = {}
    for question in questions(spot):
        scene = quiz(asking(asked(spot), question))
        shape = parts_of(spot, question.tensor)[question.answer].shape
        sent = without_numbers(stage_data(spot.view, scene))
        first = alike.setdefault((question.tensor, shape), sent)
        assert sent == first


@pytest.mark.parametrize("view", [v for v in VIEWS if v.data == "paper"], ids=name_of)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_sent_names_no_mistake(view, lang):
    say, spot = words(lang), spot_at(view)
    view = replace(asked(spot).view, lang=lang)
    # What the open answer would show, beside the names.
    telling = [say("mistakes.wrong"), say("mistakes.right"), say("mistakes.same_means")]
    for question in questions(spot)[LANGUAGES.index(lang) :: len(LANGUAGES)]:
        sent = stage_data(view, quiz(asking(asked(spot), question)))
        text = json.dumps(sent, ensure_ascii=False)
        for name in (*MISTAKES, *(say(f"mistake.{name}") for name in ("right", *MISTAKES))):
            assert name not in text
        shown = json.dumps(sent["bands"], ensure_ascii=False)
        assert not [word for word in telling if f'"{word}"' in shown]
        figure = scene_figure(quiz(asking(asked(spot), question)), say).to_json()
        assert not [name for name in MISTAKES if name in figure]


def test_a_colour_range_of_its_own():
    """An averaged db is as bright as a summed one: its range does not give it away."""
    spot = asked(spot_of("paper"))
    choices = ("right", "db_averaged")
    for name in choices:
        sent = stage_data(spot.view, quiz(asking(spot, Question("db", name, choices))))
        (item,) = (
            item
            for row in sent["bands"][0][0]["rows"]
            for item in row
            if item.get("name") == "unknown"
        )
        value = parts_of(spot, "db")[name][0, 0]
        assert item["range"] == [-abs(value), abs(value)]


def nothing_to_tell():
    """One cell of everything: no mistake shows."""
    geometry = Geometry((1, 1, 1, 1), (1, 1, 1, 1))
    one = np.full((1, 1, 1, 1), 2.0)
    bundle = Bundle(one, one, np.zeros(1), one, geometry, "ones", seeded_weight=False)
    view = View(scene="quiz", kernel=(1, 1), padding=(0, 0))
    return Spot(view, bundle, Results(bundle))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nothing_differs_a_sentence_says_so(lang):
    spot = nothing_to_tell()
    assert candidates(spot) == dict.fromkeys(("dw", "dx", "db"), ("right",))
    scene = make_scene(spot.view, spot.bundle, spot.results)
    assert item_of(scene, "nothing").text.key == "quiz.nothing"
    assert "unknown" not in panels_of(scene)
    say = words(lang)
    assert stage_data(replace(spot.view, lang=lang), scene)["total"]["text"] == say("quiz.nothing")
    assert scene_figure(scene, say).data


def test_the_first_question_is_the_same_for_everybody():
    spot = asked(spot_of("paper"))
    scenes = [make_scene(spot.view, spot.bundle, spot.results) for _ in range(2)]
    first, again = (stage_data(spot.view, scene) for scene in scenes)
    assert first == again
    assert "unknown" in panels_of(scenes[0])


def test_every_mistake_can_be_asked_about():
    assert {q.answer for view in VIEWS for q in questions(spot_at(view))} == {"right", *MISTAKE}
