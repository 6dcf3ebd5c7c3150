"""What the reader asks of the page: by its controls, on the stage, by buttons.

A control that the page gives another value is made anew, under another key: what the browser still
says of the one before, which it may show a while yet, is no click on this one. What the stage tells
is the state of its components, and has a turn: every run has it, also where the one that it was
told in was cut off, and what was heard once is not heard again. What a button asks for stays in the
session until a run has taken it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

import streamlit as st

from conv.state.fields import OneOf, Value, Whole
from conv.state.view import FIELDS, View

STAGE, PLACE = "stage", "place"  # the components, and their keys
_STATES = {STAGE: "pick", PLACE: "place"}
_ASKED, _ALL = "_asked", "_all_asked"
_MOST_TURNS = 2**53  # a browser counts no further
_OF_MODE = ("present", "at")
_TOLD = {
    name: field for name, field in FIELDS.items() if field.told or field.part in {"pick", "place"}
}


@dataclass(frozen=True)
class Control:
    """A control: the value that it was made with or said last, and a number that goes up when it is
    made anew. It begins at random: a browser that has outlived its server has controls of the
    session before, and what they say is no click on one of these.

    `before` is what the control said whose place it took: that one can be clicked on until the
    browser has this one."""

    value: Value
    made: int = field(default_factory=lambda: secrets.randbelow(2**20))
    before: Value | None = None

    def key(self, name: str) -> str:
        """The key in the session's state of the control of a field of this name."""
        return f"{name}-{self.made}"

    def key_before(self, name: str) -> str:
        """The key of the one before."""
        return f"{name}-{self.made - 1}"


@dataclass(frozen=True)
class Told:
    """What the stage has told in a turn: values of the view's fields and of the mode's. Its place
    is one of the `frame`. `shown` is what controls showed then, by their keys. `back` is the query
    of a link to be followed first: the reader went back or forward in the history, or the server
    is a new one."""

    turn: int
    frame: str
    fields: Mapping[str, Value]
    shown: Mapping[str, Value] = field(default_factory=dict)
    back: str | None = None


def said_by(
    controls: Mapping[str, Control], view: View, told: Sequence[Told] = ()
) -> dict[str, tuple[Value, Value]]:
    """The fields of a view whose controls say another value than before: both values. What a
    control showed when the stage told of something was said before that, and counts no more."""
    shown = told[-1].shown if told else {}
    said = dict[str, tuple[Value, Value]]()
    for name, control in controls.items():
        known = {control.key_before(name): control.before, control.key(name): control.value}
        for key, before in known.items():
            value = _said(key)
            if before is None or value in (before, shown.get(key)):
                continue
            if _is_legal(value, name, view):
                said[name] = value, before
    return said


def _is_legal(value: object, name: str, view: View) -> TypeGuard[Value]:
    return isinstance(value, type(getattr(view, name))) and _is_known(name, value)


def made_for(
    view: View, controls: Mapping[str, Control], others: Collection[str]
) -> dict[str, Control]:
    """The controls for a view, after these. Those are made anew that say another value than the
    view's, and the `others`, whose choices or words have changed."""
    return {
        name: _made_for(getattr(view, name), name, control, anew=name in others)
        for name, control in controls.items()
    }


def _made_for(value: Value, name: str, control: Control, *, anew: bool) -> Control:
    said = _said(control.key(name))
    now = said if isinstance(said, type(value)) else control.value
    if value != now or anew:
        return Control(value, control.made + 1, now)
    before = _said(control.key_before(name))
    return replace(
        control, value=value, before=before if isinstance(before, type(value)) else control.before
    )


def _said(key: str) -> object:
    """What a control says; None where there is none."""
    return st.session_state.get(key)


def told_since(turn: int) -> list[Told]:
    """What the stage has told after this turn, in order."""
    states = (getattr(st.session_state.get(key), name, None) for key, name in _STATES.items())
    told = (read_told(state) for state in states)
    return sorted((one for one in told if one.turn > turn), key=lambda one: one.turn)


def read_told(message: object) -> Told:
    """A message of the stage, with what of it names a field and a value of its type."""
    if not isinstance(message, dict):
        return Told(0, "", {})
    mode = {name: message[name] for name in _OF_MODE if _is_whole(message.get(name))}
    view = {name: message[name] for name in _TOLD if _can_be(name, message.get(name))}
    turn, frame = message.get("turn"), message.get("frame")
    counted = turn if _is_whole(turn) and turn < _MOST_TURNS else 0
    shown, back = message.get("shown"), message.get("back")
    return Told(
        counted,
        str(frame),
        mode | view,
        shown if isinstance(shown, dict) else {},
        back if isinstance(back, str) else None,
    )


def _can_be(name: str, value: object) -> bool:
    """Whether a value that the stage tells is of the field's kind."""
    if isinstance(_TOLD[name].kind, Whole):
        return _is_whole(value)
    return isinstance(value, str) and _is_known(name, value)


def _is_known(name: str, value: Value) -> bool:
    """Whether it is one of a choice's names, if the field is a choice."""
    kind = FIELDS[name].kind
    return not isinstance(kind, OneOf) or kind.open or value in kind.known


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def ask_for(field: str, value: Value) -> None:
    """Asks the page for another value of a field, from its next run on."""
    st.session_state[_ASKED] = asked_for() | {field: value}


def ask_for_all(part: str = "") -> None:
    """Says that a button wants all of the page to be run, or at least the part that it is in.
    Streamlit has one message for what happens at once, and may take a press for that of another
    part."""
    st.session_state[_ALL] = {*st.session_state.get(_ALL, ()), part}


def all_was_asked_for(but: str | None = None) -> bool:
    """Whether it was since the last time that this was asked, or any part `but` this one."""
    asked: set[str] = st.session_state.pop(_ALL, set())
    return bool(asked - {but})


def asked_for() -> dict[str, Value]:
    """What was asked for and is not taken yet."""
    asked: dict[str, Value] = st.session_state.get(_ASKED, {})
    return asked


def take_asked() -> None:
    """Says that it is taken."""
    st.session_state.pop(_ASKED, None)
