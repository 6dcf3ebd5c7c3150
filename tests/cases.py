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
        def run_all(*arguments, **fixtures):
            for case in cases:
                values = (case,) if len(names) == 1 else case
                own = dict(zip(names, values, strict=True))
                with naming(own):
                    test(*arguments, **own, **fixtures)

        signature = inspect.signature(test)
        others = [p for name, p in signature.parameters.items() if name not in names]
        run_all.__signature__ = signature.replace(parameters=others)
        return run_all

    return of_all
