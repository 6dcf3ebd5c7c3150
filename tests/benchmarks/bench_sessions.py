"""Measures how many answers a second the dashboard gives to many visitors at once, beside the
floor: a page with one slider and one small chart.

Run from the top of the repository, on a machine that does nothing else:

    python -m tests.benchmarks.bench_sessions [--sessions 20 50] [--only place pick] [--seconds 12]

A visitor is a WebSocket in this process, which says what a browser would: every widget's value at
every turn, and which messages it has already. It asks again as soon as it is answered. Every
visitor has a view of its own, or with `--alike` the page's first one. An answer ends with its run,
and counts where it shows what was asked for. Its bytes are those of the WebSocket's messages; what
a browser takes by other requests is not among them. The floor is asked in turns with the dashboard,
by as many visitors.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice, product, starmap
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ContextInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from tests.benchmarks.bench_stage import Line, floor_page, machine
from tests.browser import dashboard

ITEMS, CHANNELS, SIDE = 10, 32, 14  # of the notebook's layer
STEPS = 1000  # of the floor's slider
WARM = 3  # seconds
PATIENCE = 60  # seconds for an answer
MOST_READ = 400  # bytes of a part of a component's data
WIDGETS = ("number_input", "selectbox", "button_group", "slider")
FINISHED = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)


@dataclass(frozen=True)
class Wish:
    """What a visitor asks for: the state that tells it, the element that it is told by, the values
    that the answer is to show, and where."""

    state: WidgetState
    element: str
    values: dict[str, int]
    where: str


@dataclass(frozen=True)
class Answer:
    """When it was asked for and when it ended, in seconds; its bytes, and whether it shows what was
    asked for."""

    start: float
    end: float
    size: int
    is_right: bool


@dataclass(frozen=True)
class Load:
    """What came of so many visitors between two times: the answers that were on their way then, and
    this process's share of a core."""

    begin: float
    end: float
    answers: list[Answer]
    client: float

    @property
    def right(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.is_right]

    @property
    def rate(self) -> float:
        """Right answers a second. Answers come in waves, of all visitors at once, so that those at
        the edges count by how much of them is between the times."""
        return sum(map(self._share, self.right)) / (self.end - self.begin)

    def _share(self, answer: Answer) -> float:
        inside = min(answer.end, self.end) - max(answer.start, self.begin)
        return inside / (answer.end - answer.start)


@dataclass
class Tab:
    """What a browser's tab knows of its page."""

    query: str = ""
    page_hash: str = ""
    widgets: dict[str, WidgetState] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)  # by element
    components: dict[str, str] = field(default_factory=dict)  # the elements by name
    cached: dict[str, tuple[int, ForwardMsg]] = field(default_factory=dict)  # with the run
    drawn: dict[str, WidgetState] = field(default_factory=dict)  # in this run
    runs: int = 0
    most_age: int = 0  # of a cached message, in runs
    turn: int = 0
    frame: str = ""
    shows: dict[str, dict[str, int]] = field(default_factory=dict)  # in this answer
    first: dict[str, int] = field(default_factory=dict)
    now: dict[str, int] = field(default_factory=dict)

    def request(self, wish: Wish | None = None) -> bytes:
        """The message that asks for a run: the first, or one that answers the wish."""
        message, states = BackMsg(), list(self.widgets.values())
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash = self.query, self.page_hash
        if wish:
            states = [state for state in states if state.id != wish.state.id] + [wish.state]
            rerun.fragment_id = self.fragments.get(wish.element, "")
            if wish.state.WhichOneof("value") != "json_trigger_value":
                self.widgets[wish.state.id] = wish.state
        rerun.widget_states.widgets.extend(states)
        rerun.cached_message_hashes.extend(self.cached)
        rerun.context_info.CopyFrom(ContextInfo(timezone="UTC", locale="en-US"))
        self.shows = {}
        return message.SerializeToString()

    def receive(self, message: ForwardMsg) -> bool:
        """Takes a message in, and says whether it ends an answer."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            _, message = self.cached[message.ref_hash]
            kind = "delta"
        if kind == "delta":
            if message.metadata.cacheable:
                self.cached[message.hash] = (self.runs, message)
            if message.delta.WhichOneof("type") == "new_element":
                self._draw(message.delta)
        elif kind == "new_session":
            self.drawn = {}
            self.page_hash = message.new_session.page_script_hash
            self.most_age = message.new_session.config.max_cached_message_age
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "script_finished" and message.script_finished in FINISHED:
            is_whole = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            self._end_run(is_whole=is_whole)
            return True
        return False

    def _end_run(self, *, is_whole: bool) -> None:
        # What a whole run has not drawn is off the page, and so are its widgets.
        self.widgets = self.drawn if is_whole else self.widgets | self.drawn
        if is_whole:
            self.runs += 1
            self.cached = {
                name: (run, message)
                for name, (run, message) in self.cached.items()
                if self.runs - run <= self.most_age
            }
        for shown in self.shows.values():
            self.now |= shown

    def _draw(self, delta) -> None:
        kind = delta.new_element.WhichOneof("type")
        element = getattr(delta.new_element, kind)
        if kind in (*WIDGETS, "bidi_component"):
            kept = self.widgets.get(element.id)
            self.fragments[element.id] = delta.fragment_id
            if state := kept if kind == "bidi_component" else state_of(kind, element, kept):
                self.drawn[element.id] = state
        if kind == "bidi_component":
            self.components[element.component_name] = element.id
            if element.component_name == "stage":
                self.shows["stage"] = {"c": part_of(element.bytes, "picked")["c"]}
            elif element.component_name == "place":
                i, j, *_ = part_of(element.bytes, "at")
                self.shows["place"] = {"i": i, "j": j}
                self.frame = part_of(element.bytes, "frame")
        elif kind == "plotly_chart":
            title = json.loads(element.spec)["layout"]["title"]["text"]
            self.shows["chart"] = {"step": int(title)}


def state_of(kind: str, widget, kept: WidgetState | None) -> WidgetState:
    """What a browser has of a widget: what the server sets, or else what it had, or else what the
    widget starts from."""
    if kept and not widget.set_value:
        return kept
    state, told = WidgetState(id=widget.id), widget.set_value
    if kind == "number_input":
        state.int_value = int(widget.value if told else widget.default)
    elif kind == "selectbox":
        state.string_value = widget.raw_value if told else widget.options[widget.default]
    elif kind == "button_group":
        start = (widget.options[place].content for place in widget.default)
        state.string_array_value.data.extend(widget.raw_values if told else start)
    else:
        state.double_array_value.data.extend(widget.value if told else widget.default)
    return state


def part_of(data: bytes, name: str):
    """A part of a component's data, of which no more is read: they may be large."""
    key = f'"{name}":'.encode()
    start = data.index(key) + len(key)
    return json.JSONDecoder().raw_decode(data[start : start + MOST_READ].decode("utf-8", "ignore"))[
        0
    ]


# What a visitor asks for.


compact = partial(json.dumps, separators=(",", ":"))


def another_place(tab: Tab) -> Wish:
    """Another output cell, never of the first one's row or column, which no link names."""
    cell = {
        name: random.choice([k for k in range(SIDE) if k not in (tab.first[name], tab.now[name])])
        for name in "ij"
    }
    return Wish(*told(tab, "place", "place", cell), cell, "place")


def another_channel(tab: Tab) -> Wish:
    channel = {"c": (tab.now["c"] + 1) % CHANNELS}
    return Wish(*told(tab, "stage", "pick", channel), channel, "stage")


def told(tab: Tab, component: str, state: str, fields: dict[str, int]) -> tuple[WidgetState, str]:
    """What the stage tells as a state of a component, and the component's element."""
    element = tab.components[component]
    tab.turn += 1
    value = compact({state: {**fields, "frame": tab.frame, "turn": tab.turn}})
    return WidgetState(id=element, json_value=value), element


def another_step(tab: Tab) -> Wish:
    """Another value of the floor's slider."""
    (element,) = tab.widgets
    step = (tab.now["step"] + 1) % STEPS
    state = WidgetState(id=element)
    state.double_array_value.data.append(step)
    return Wish(state, element, {"step": step}, "chart")


KINDS = {"place": another_place, "pick": another_channel}


# The visitors.


@dataclass(frozen=True)
class Visitor:
    """A tab and its connection."""

    socket: ClientConnection
    tab: Tab
    opening: Answer

    async def asks(self, wish: Wish) -> Answer:
        return await answer(self.socket, self.tab, wish)


async def answer(socket: ClientConnection, tab: Tab, wish: Wish | None = None) -> Answer:
    start, size, ended = time.perf_counter(), 0, False
    await socket.send(tab.request(wish))
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not ended:
                frame = await socket.recv()
                size += len(frame)
                ended = tab.receive(ForwardMsg.FromString(frame))
    is_right = ended and (not wish or wish.values.items() <= tab.shows.get(wish.where, {}).items())
    return Answer(start, time.perf_counter(), size, is_right)


@asynccontextmanager
async def visitors(address: str, queries: list[str]) -> AsyncIterator[list[Visitor]]:
    """A visitor of each query, who all come at once."""
    async with AsyncExitStack() as stack:

        async def come(query: str) -> Visitor:
            # A browser sends no pings, and goes to its own machine by no proxy.
            address_of_socket = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
            socket = await stack.enter_async_context(
                connect(
                    address_of_socket,
                    subprotocols=["streamlit"],
                    max_size=None,
                    open_timeout=PATIENCE,
                    ping_interval=None,
                    proxy=None,
                )
            )
            tab = Tab(query)
            opening = await answer(socket, tab)
            if not opening.is_right:
                raise RuntimeError(f"{address} did not open in {PATIENCE} seconds")
            tab.first = dict(tab.now)
            return Visitor(socket, tab, opening)

        yield await asyncio.gather(*map(come, queries))


async def load(those: list[Visitor], kind: Callable[[Tab], Wish], seconds: float) -> Load:
    """All of them ask at once and again and again, until what was asked for in time is answered:
    the last of it under the same load as the first."""
    begin = time.perf_counter() + WARM
    end = begin + seconds
    left = set(range(len(those)))

    async def ask(number: int, visitor: Visitor) -> list[Answer]:
        answers = []
        while left:
            answers.append(await visitor.asks(kind(visitor.tab)))
            if answers[-1].end >= end:
                left.discard(number)
        return answers

    async def own_share() -> float:
        await asyncio.sleep(WARM)
        start = time.process_time()
        await asyncio.sleep(seconds)
        return (time.process_time() - start) / seconds

    share, *told = await asyncio.gather(own_share(), *starmap(ask, enumerate(those)))
    answers = [answer for each in told for answer in each]
    on_their_way = [answer for answer in answers if answer.end > begin and answer.start < end]
    return Load(begin, end, on_their_way, share)


def queries(count: int, *, alike: bool) -> list[str]:
    """So many links of the first page, of different items and channels or all alike."""
    if alike:
        return [""] * count
    views = cycle(product(range(CHANNELS), range(ITEMS)))
    return [urlencode({"c": c, "n": n}) for c, n in islice(views, count)]


# The table.


async def measure(address: str, floor: str, asked) -> AsyncIterator[Line]:
    for count in asked.sessions:
        links = queries(count, alike=asked.alike)
        # The first fills the server's caches.
        for page in (address, floor):
            async with visitors(page, [""]):
                pass
        async with visitors(address, links) as ours, visitors(floor, [""] * count) as theirs:
            who = f"{count} visitors"
            opened = [[visitor.opening for visitor in those] for those in (ours, theirs)]
            yield Line(f"opening, {who}, ms", times(opened[0]), {}, times(opened[1]))
            yield Line(f"opening, {who}, kB", sizes(opened[0]), {}, sizes(opened[1]))
            for kind in asked.only:
                own = await load(ours, KINDS[kind], asked.seconds)
                least = await load(theirs, another_step, asked.seconds)
                for line in lines(f"{kind}, {who}", own, least):
                    yield line


def lines(name: str, own: Load, floor: Load) -> Iterator[Line]:
    wrong = [len(each.answers) - len(each.right) for each in (own, floor)]
    note = f"{wrong[0]} failed, the floor's {wrong[1]}"
    note += f"; the client takes {own.client:.0%} of a core, {floor.client:.0%}"
    rate, least = ([each.rate] for each in (own, floor))
    yield Line(f"{name}, answers/s", rate, {}, least, note)
    yield Line(f"{name}, ms", times(own.right), {}, times(floor.right))
    yield Line(f"{name}, kB", sizes(own.right), {}, sizes(floor.right))


def times(answers: list[Answer]) -> list[float]:
    return [1000 * (answer.end - answer.start) for answer in answers]


def sizes(answers: list[Answer]) -> list[float]:
    return [answer.size / 1000 for answer in answers]


async def print_table(address: str, floor: str, asked) -> None:
    async for line in measure(address, floor, asked):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split("\n\n")[0].split()))
    parser.add_argument("--sessions", nargs="+", type=int, default=[20, 50], help="visitors")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seconds", type=float, default=12, help="of each measurement")
    parser.add_argument("--alike", action="store_true", help="all visitors open the same view")
    asked = parser.parse_args()
    with dashboard() as address, floor_page() as floor:
        head = f"{'measure':40}{'median':>9}{'p95':>9}{'floor':>9}{'ratio':>8}"
        sys.stdout.write(f"{machine()}\n\n{head}\n")
        asyncio.run(print_table(address, floor, asked))


if __name__ == "__main__":
    main()
