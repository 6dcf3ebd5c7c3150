"""Many cases in one test: pytest's own work for a test takes longer than most cases do."""

import functools
import inspect
from contextlib import contextmanager


@contextmanager
def naming(case):
    """Says which case it was where something fails."""
    try:
        yield
    except BaseException as fault:
        fault.add_note(f"case: {case}")
        raise


def in_turn(names, cases):
    """Like pytest.mark.parametrize, but one test for all of the cases, up to one that fails."""
    names, cases = (names,) if isinstance(names, str) else names, tuple(cases)
    assert cases

    def of_all(test):
        @functools.wraps(test)
        def run_all(**fixtures):
            for case in cases:
                values = (case,) if len(names) == 1 else case
                own = dict(zip(names, values, strict=True))
                with naming(own):
                    test(**own, **fixtures)

        run_all.__signature__ = _without(test, names)
        return run_all

    return of_all


def each_of(fixture, name):
    """One test for all that a fixture holds, which the test takes one by one under another name."""

    def of_all(test):
        @functools.wraps(test)
        def run_all(**fixtures):
            cases = fixtures.pop(fixture)
            assert cases
            for case in cases:
                with naming(case):
                    test(**{name: case}, **fixtures)

        run_all.__signature__ = _without(test, (name,), fixture)
        return run_all

    return of_all


def _without(test, names, *more):
    """What pytest is told that a test takes: all but these names, and more."""
    signature = inspect.signature(test)
    kept = [p for name, p in signature.parameters.items() if name not in names]
    added = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in more]
    return signature.replace(parameters=[*added, *kept])
