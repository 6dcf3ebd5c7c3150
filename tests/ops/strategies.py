"""Hypothesis strategies: legal geometries with their data."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

from .grid import case, tensors

enough = settings(max_examples=40)

seeds = st.integers(0, 2**32 - 1)


@st.composite
def one_axis(draw, max_padding=6, *, is_even=False):
    """A legal (size, kernel, stride, padding, dilation); the padding is a number, or two that may
    differ, before and behind."""
    size, kernel = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    missing = max(0, dilation * (kernel - 1) + 1 - size)
    if is_even or draw(st.booleans()):
        least = -(-missing // 2)
        padding = draw(st.integers(least, max(least, max_padding)))
    else:
        before = draw(st.integers(0, max_padding))
        least = max(0, missing - before)
        padding = before, draw(st.integers(least, max(least, max_padding)))
    return size, kernel, stride, padding, dilation


@st.composite
def channels(draw):
    """(N, C, F, groups): single, plain, grouped and depthwise."""
    groups = draw(st.integers(1, 3))
    return (
        draw(st.integers(1, 2)),
        groups * draw(st.integers(1, 2)),
        groups * draw(st.integers(1, 2)),
        groups,
    )


any_axis, any_channels = one_axis(), channels()


@st.composite
def layers(draw, rows=any_axis, columns=any_axis, channels=any_channels):
    """A legal case, any part of it drawn from another strategy, and its x, w, b, grad_output."""
    drawn = case(draw(rows), draw(columns), draw(channels))
    return drawn, *tensors(drawn, draw(seeds))
