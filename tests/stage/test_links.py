"""What stands at a place, what is outlined there and how steps go, against plain loops."""

from base64 import b64encode

import numpy as np
import pytest

from tests.node import run


@pytest.fixture
def rng():
    return np.random.default_rng(12)


def spans(rng, whole, count, least=1):
    """Runs (start, stop, step) in a whole of so many cells, some of them empty for `least` 0."""
    starts = rng.integers(0, whole, count)
    stops = [int(rng.integers(start + least, whole + 1)) for start in starts]
    return [
        [int(start), stop, int(rng.integers(1, 4))]
        for start, stop in zip(starts, stops, strict=True)
    ]


@pytest.mark.parametrize("kind", ["f4", "f8", "u1", "u2", "u4"])
def test_a_table_is_looked_up_by_the_place_of_its_space(rng, kind):
    values = rng.normal(size=(3, 5, 2, 4)) if kind < "u" else rng.integers(256, size=(3, 5, 2, 4))
    values = values.astype(f"<{kind}")
    table = {"space": "output", "columns": 5, "cells": 8, "type": kind}
    table["data"] = b64encode(values.tobytes()).decode()
    places = [
        {"output": [row, column], "kernel": [9, 9]} for row in range(3) for column in range(5)
    ]
    work = """({ decoded, numbersAt }, [table, places]) =>
        places.map((place) => numbersAt(decoded(table), place))"""
    found = run("tables", work, [table, places])
    assert found == [values[tuple(place["output"])].ravel().tolist() for place in places]


def test_a_table_of_no_space_is_the_same_everywhere(rng):
    values = rng.normal(size=6)
    table = {"space": None, "columns": 0, "cells": 6, "type": "f8"}
    table["data"] = b64encode(values.tobytes()).decode()
    work = "({ decoded, numbersAt }, table) => numbersAt(decoded(table), { output: [3, 4] })"
    assert run("tables", work, table) == values.tolist()


MARKS = (
    "({ marksAt }, cases) => cases.map(([item, pointed, places]) => marksAt(item, pointed, places))"
)


def test_outlines_are_those_of_the_space_that_is_pointed_at_or_else_of_the_home(rng):
    sizes = {"output": (4, 6), "kernel": (3, 2), "input": (5, 5)}
    cases, wanted = [], []
    for _ in range(60):
        linked = rng.permutation(list(sizes))[: rng.integers(0, 3)]
        links = {
            str(space): [
                [role, spans(rng, 7, sizes[space][0], 0), spans(rng, 9, sizes[space][1], 0)]
                for role in ("window", "cell")
            ]
            for space in linked
        }
        home = rng.choice([None, *sizes])
        pointed = rng.choice([None, *sizes])
        places = {
            space: [int(rng.integers(rows)), int(rng.integers(columns))]
            for space, (rows, columns) in sizes.items()
        }
        cases.append([{"links": links, "home": home}, pointed, places])
        space = pointed if pointed in links else home
        marks = []
        for role, rows, columns in links.get(space, []):
            row, column = rows[places[space][0]], columns[places[space][1]]
            if row[0] < row[1] and column[0] < column[1]:
                marks.append({"role": role, "rows": row, "columns": column})
        wanted.append(marks)
    assert run("links", MARKS, cases) == wanted
    assert {len(marks) for marks in wanted} == {0, 1, 2}


def test_an_outline_is_clipped_to_the_cells_that_are_shown(rng):
    cases = [
        [
            {"role": "window", "rows": rows, "columns": columns},
            rng.integers(0, 8, 2).tolist(),
            rng.integers(1, 6, 2).tolist(),
        ]
        for rows, columns in zip(spans(rng, 13, 300), spans(rng, 11, 300), strict=True)
    ]
    work = "({ clipped }, cases) => cases.map((values) => clipped(...values))"
    for (mark, origin, size), found in zip(cases, run("links", work, cases), strict=True):
        assert found["role"] == "window"
        for axis, name in enumerate(("rows", "columns")):
            shown = range(origin[axis], origin[axis] + size[axis])
            cells = [cell for cell in range(*mark[name]) if cell in shown]
            assert list(range(*found[name])) == cells, (mark, origin, size)


def test_the_part_that_is_shown_moves_only_where_it_must(rng):
    cases = [
        [{"rows": row, "columns": column}, origin.tolist(), [5, 7], [12, 16]]
        for row, column, origin in zip(
            spans(rng, 12, 300),
            spans(rng, 16, 300),
            rng.integers(0, [8, 10], (300, 2)),
            strict=True,
        )
    ]
    work = "({ originFor }, cases) => cases.map((values) => originFor(...values))"
    stayed = 0
    for (mark, origin, size, whole), found in zip(cases, run("links", work, cases), strict=True):
        for axis, name in enumerate(("rows", "columns")):
            start, stop, _ = mark[name]
            first, room = origin[axis], size[axis]
            if first <= start and stop <= first + room:
                stayed += 1
                assert found[axis] == first
                continue
            origins = range(whole[axis] - room + 1)
            middle = min(origins, key=lambda one: abs(2 * one + room - start - stop))
            assert found[axis] == middle, (mark, origin)
    assert 50 < stayed < 550


def test_the_middle_of_an_outline_is_one_of_its_cells(rng):
    marks = [
        {"rows": rows, "columns": columns}
        for rows, columns in zip(spans(rng, 12, 200), spans(rng, 15, 200), strict=True)
    ]
    work = "({ middleOf }, marks) => marks.map(middleOf)"
    for mark, found in zip(marks, run("links", work, marks), strict=True):
        cells = [list(range(*mark[name])) for name in ("rows", "columns")]
        assert found == [line[(len(line) - 1) // 2] for line in cells]


CLOCKS = """({ Clock }, cases) => cases.map(([size, parts, alone, [down, right]]) => {
    const clock = new Clock("output", size, parts, alone);
    const steps = Array.from({ length: clock.count + 4 }, (_, k) => k - 2);
    return {
        ends: clock.ends,
        places: steps.map((step) => clock.placeAt(step)),
        steps: steps.map((step) => {
            const { place, part } = clock.placeAt(step);
            return part === (parts?.at ?? 0) ? clock.stepOf({ output: place }) : null;
        }),
        by: clock.by({ output: clock.placeAt(3).place }, [down, right]),
    };
})"""


def test_a_clock_counts_the_places_row_by_row_part_by_part(rng):
    cases = [
        [
            rng.integers(1, 5, 2).tolist(),
            None if k % 3 == 0 else {"choices": list("abc"), "at": int(rng.integers(3))},
            k % 2 == 0,
            rng.integers(-3, 4, 2).tolist(),
        ]
        for k in range(30)
    ]
    for (size, parts, alone, by), found in zip(cases, run("clocks", CLOCKS, cases), strict=True):
        rows, columns = size
        counted = [
            {"place": [row, column], "part": part}
            for part in range(3 if parts else 1)
            for row in range(rows)
            for column in range(columns)
        ]
        clamped = [counted[0]] * 2 + counted + [counted[-1]] * 2
        assert found["places"] == clamped
        own = parts["at"] if parts else 0
        known = [k for k, at in enumerate(counted) if at["part"] == own or not (alone and parts)]
        assert found["ends"] == [known[0], known[-1]]
        steps = [counted.index(at) if at["part"] == own else None for at in clamped]
        assert found["steps"] == steps
        row, column = counted[min(3, len(counted) - 1)]["place"]
        for _ in range(abs(by[0])):
            row += np.sign(by[0]) if 0 <= row + np.sign(by[0]) < rows else 0
        for _ in range(abs(by[1])):
            column += np.sign(by[1]) if 0 <= column + np.sign(by[1]) < columns else 0
        assert found["by"] == [row, column]


TOGETHER = """({ Clock, Together }, cases) => cases.map(([first, second, parts]) => {
    const clocks = [
        new Clock("output", first, parts, true),
        new Clock("kernel", second, null, true),
    ];
    const last = ([rows, columns]) => [rows - 1, columns - 1];
    const both = new Together(clocks);
    const steps = Array.from({ length: both.count }, (_, k) => both.placesAt(k));
    return {
        count: both.count,
        ends: both.ends,
        steps: steps.map((places) => clocks.map((clock) => {
            const { place: [row, column], part } = places[clock.space];
            return part * clock.own + row * clock.size[1] + column;
        })),
        beyond: [both.placesAt(-1), both.placesAt(both.count)],
        outer: [steps[0], steps.at(-1)],
        step: both.stepOf({ output: last(first), kernel: last(second) }),
    };
})"""


def test_clocks_that_go_together_end_together(rng):
    cases = [
        [
            rng.integers(1, 6, 2).tolist(),
            rng.integers(1, 6, 2).tolist(),
            {"choices": [4, 5], "at": int(rng.integers(2))} if k % 2 else None,
        ]
        for k in range(40)
    ]
    for (first, second, parts), found in zip(cases, run("clocks", TOGETHER, cases), strict=True):
        own = np.prod(first)
        counts = [own * (2 if parts else 1), np.prod(second)]
        total = max(counts)
        assert found["count"] == total
        for step, at in enumerate(found["steps"]):
            # As many of its steps are done as of all steps: of ten, the first seven are 70 %.
            for count, where in zip(counts, at, strict=True):
                done = [k for k in range(count) if (k + 1) * total <= (step + 1) * count]
                assert where == (done or [0])[-1]
        assert found["steps"][-1] == [count - 1 for count in counts]
        assert found["beyond"] == found["outer"]
        part = parts["at"] if parts else 0
        scanned = [step for step, (at, _) in enumerate(found["steps"]) if at // own == part]
        assert found["ends"] == [scanned[0], scanned[-1]]
        ends = [part * own + own - 1, counts[1] - 1]
        assert found["step"] == ends[0 if counts[0] >= counts[1] else 1]
