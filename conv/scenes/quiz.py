"""The quiz: one gradient, right or wrong and unlabelled. Which is it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np

from conv.ops.conditions import Tensors
from conv.ops.textbook import Array
from conv.ops.wrong_gradients import MISTAKE, MISTAKES, Gradient, right
from conv.spot import Spot
from conv.state.rooms import SCENES

from .mistakes import (
    arranged,
    cell_numbers,
    cell_text,
    claim_of,
    gathered,
    gradient_item,
    hidden,
    measured,
    operands,
    part_of,
    results,
    scene_of,
)
from .registry import SceneType
from .scene import Card, Operator, Scene, Section
from .texts import Message, message

RIGHT = "right"
_APART = 1e-9  # of the largest number shown


@dataclass(frozen=True)
class Question:
    """What is shown of `tensor`: the right gradient (`answer` is "right") or a mistake's. `choices`
    are the answers to choose from; no two of them look alike."""

    tensor: Gradient
    answer: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What a visitor is asked, if there is anything to ask, and whether it was answered."""

    question: Question | None
    answered: bool = False


def candidates(spot: Spot) -> dict[Gradient, tuple[str, ...]]:
    """For each gradient, the right one and its mistakes, as far as the cells that the view shows
    tell each of them from the ones before."""
    found: dict[Gradient, tuple[str, ...]] = {}
    for tensor in get_args(Gradient):
        shown: dict[str, Array] = {}
        for name in (RIGHT, *(m.name for m in MISTAKES if m.tensor == tensor)):
            part = part_of(spot, tensor, gradient_of(spot.given, tensor, name))
            if not any(_alike(part, other) for other in shown.values()):
                shown[name] = part
        found[tensor] = tuple(shown)
    return found


def gradient_of(given: Tensors, tensor: Gradient, name: str) -> Array:
    """The right gradient, or a mistake's."""
    return right(tensor, given) if name == RIGHT else MISTAKE[name].wrong(given)


def draw_question(
    found: Mapping[Gradient, tuple[str, ...]], rng: np.random.Generator
) -> Question | None:
    """A question on one of the gradients that have a mistake to be told; None where none has."""
    asked = [tensor for tensor, choices in found.items() if len(choices) > 1]
    if not asked:
        return None
    tensor = asked[rng.integers(len(asked))]
    choices = found[tensor]
    return Question(tensor, choices[rng.integers(len(choices))], choices)


def quiz(spot: Spot) -> Scene:
    """The operands and the gradient in question, in panel "unknown"; when it is answered, the right
    one and the difference as well. Until then, nothing in the scene tells what it is. Where nobody
    was asked anything, the question is the same for everybody."""
    asked = spot.found(Asked) or Asked(draw_question(candidates(spot), np.random.default_rng(0)))
    question, answered = asked.question, asked.answered
    if question is None:
        return _nothing_to_ask(spot)
    tensor, found = question.tensor, gradient_of(spot.given, question.tensor, question.answer)
    first, note = operands(spot, tensor), gathered(spot, tensor)
    alt = message("quiz.alt", tensor=tensor)
    if not answered:
        rows = arranged(first, ((gradient_item(spot, "unknown", tensor, found),),), ())
        section = Section(message("quiz.heading"), rows, note)
        return scene_of(spot, section, tensor, _cell(spot, tensor, found), alt)
    claim = claim_of(spot, tensor, found)
    card = Card("measured", message("quiz.card"), tuple(measured(claim)), hidden(claim))
    rows = arranged(first, results(spot, claim, "unknown", "shown"), (card,))
    section = Section(message("mistakes.heading"), rows, note)
    return scene_of(spot, section, tensor, cell_text(spot, claim), alt)


def _alike(a: Array, b: Array) -> bool:
    """Whether two arrays cannot be told apart."""
    if a.shape != b.shape:
        return False
    largest = max(np.abs(array).max(initial=0) for array in (a, b))
    return bool((np.abs(a - b) <= _APART * largest).all())


def _cell(spot: Spot, tensor: Gradient, found: Array) -> Message:
    """A cell of the gradient in question; of one that has other cells, how many it has."""
    part = part_of(spot, tensor, found)
    if part.shape != part_of(spot, tensor, right(tensor, spot.given)).shape:
        rows, columns = part.shape
        return message("quiz.shape", rows=rows, columns=columns)
    return message(f"quiz.sum_{tensor}", **cell_numbers(spot, tensor, {"value": found}))


def _nothing_to_ask(spot: Spot) -> Scene:
    card = Card("nothing", message("quiz.nothing_title"), (), message("quiz.nothing"))
    rows = ((*operands(spot, "dx"), Operator(""), card),)
    section, told = Section(message("quiz.heading"), rows), message("quiz.nothing")
    return scene_of(spot, section, "dx", told, told)


SCENES.add(SceneType(name="quiz", position=7, build=quiz, asks=True))
