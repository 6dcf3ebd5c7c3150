"""The quiz: the question that a visitor is asked, and what stands above the stage for it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from conv.dashboard.told import ask_for_all
from conv.scenes.quiz import Asked, Question, candidates, draw_question
from conv.spot import Spot
from conv.state.view import View
from conv.words import Words

_STATE = "_quiz"


@dataclass(frozen=True)
class Round:
    """A visitor's quiz: the question, drawn with `seed` and `number` for the tensors of the view
    `of`; what was answered to it, once that was checked; and the score."""

    seed: int
    number: int = 0
    of: View | None = None
    question: Question | None = None
    answer: str | None = None
    asked: int = 0
    right: int = 0


def current_quiz(spot: Spot) -> Asked:
    """The quiz as it stands, with another question where it is due: after "Next question", and
    where the tensors are no longer those that the question was drawn for."""
    now: Round = st.session_state.get(_STATE) or Round(secrets.randbelow(2**32))
    of = spot.view.of_tensors()
    if now.of != of:
        number = now.number + 1
        drawn = draw_question(candidates(spot), np.random.default_rng((now.seed, number)))
        now = replace(now, number=number, of=of, question=drawn, answer=None)
    st.session_state[_STATE] = now
    return Asked(now.question, now.answer is not None)


def show_quiz(say: Words) -> None:
    """The answers to choose from, the buttons, what came of it, and the score."""
    now: Round = st.session_state[_STATE]
    if now.question is None:
        st.info(say("quiz.nothing"), icon=":material/info:")
        return
    key, checked = f"quiz_{now.number}", now.answer is not None
    said = st.radio(
        say("quiz.question", tensor=now.question.tensor),
        now.question.choices,
        format_func=lambda name: say(f"mistake.{name}"),
        index=None,
        key=key,
        horizontal=True,
        disabled=checked,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            say("quiz.check"),
            key="quiz_check",
            type="primary",
            disabled=checked or said is None,
            on_click=_check,
            args=(key,),
        )
        st.button(say("quiz.next"), key="quiz_next", on_click=_next)
        st.markdown(say("quiz.score", right=now.right, asked=now.asked), width="content")
    if now.answer is None:
        st.caption(say("quiz.hint"))
        return
    hit = now.answer == now.question.answer
    verdict = say(
        "quiz.hit" if hit else "quiz.miss",
        answer=say(f"mistake.{now.answer}"),
        truth=say(f"mistake.{now.question.answer}"),
    )
    show, icon = (st.success, ":material/check:") if hit else (st.error, ":material/close:")
    show(f"{verdict} {say(f'about_mistake.{now.question.answer}')}", icon=icon)


def _check(key: str) -> None:
    """Judges the answer that was chosen; once only, however often the button is hit."""
    ask_for_all()
    now: Round = st.session_state[_STATE]
    said = st.session_state.get(key)
    if now.question is None or now.answer is not None or said not in now.question.choices:
        return
    hit = said == now.question.answer
    st.session_state[_STATE] = replace(now, answer=said, asked=now.asked + 1, right=now.right + hit)


def _next() -> None:
    """Asks for another question, which the next run draws."""
    ask_for_all()
    st.session_state[_STATE] = replace(st.session_state[_STATE], of=None)
