"""Tests that take many cases in turn run every one of them, and name the one that fails."""

import inspect

import pytest

from tests.cases import each_of, in_turn


def test_each_case_is_run_until_one_fails_and_names_it():
    seen = []

    @in_turn(("word", "length"), [("a", 1), ("two", 3), ("three", 6), ("four", 4)])
    def test(word, length, fixture):
        seen.append((word, fixture))
        assert len(word) == length

    assert list(inspect.signature(test).parameters) == ["fixture"]
    with pytest.raises(AssertionError) as fault:
        test(fixture=7)
    assert seen == [("a", 7), ("two", 7), ("three", 7)]
    assert fault.value.__notes__ == ["case: {'word': 'three', 'length': 6}"]


def test_all_that_a_fixture_holds_is_taken_one_by_one():
    seen = []

    @each_of("numbers", "number")
    def test(number, fixture):
        seen.append((number, fixture))
        assert number < 5

    assert list(inspect.signature(test).parameters) == ["numbers", "fixture"]
    test(numbers=(3, 4), fixture="f")
    assert seen == [(3, "f"), (4, "f")]
    with pytest.raises(AssertionError) as fault:
        test(numbers=(6, 3), fixture="f")
    assert seen == [(3, "f"), (4, "f"), (6, "f")]
    assert fault.value.__notes__ == ["case: 6"]


def test_no_case_at_all_is_no_test():
    with pytest.raises(AssertionError):
        in_turn("number", [])
