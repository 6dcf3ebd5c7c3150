"""python -m conv animate: a scene's steps as a moving picture."""

from __future__ import annotations

import argparse
from contextlib import closing

from tqdm import tqdm

from conv.words import Words

from .options import add_scene_command, ending_of, read_asked, read_order
from .parser import Commands, Parser
from .reading import decimal, whole

_ENDINGS = ("gif", "webp", "apng", "png", "mp4", "webm")


def add_animate(commands: Commands[Parser], say: Words) -> None:
    """Adds the command."""
    animate, _ = add_scene_command(commands, "animate", say, still=False)
    group = animate.add_argument_group(say("cli.group_reel"))
    count, step = whole(say, 0), whole(say, 1)
    group.add_argument("--fps", type=decimal(say), default=8.0, metavar="X", help=say("cli.fps"))
    group.add_argument("--from", type=step, metavar="K", dest="first", help=say("cli.from"))
    group.add_argument("--to", type=step, metavar="K", dest="last", help=say("cli.to"))
    group.add_argument("--every", type=step, default=1, metavar="K", help=say("cli.every"))
    group.add_argument("--loop", type=count, default=0, metavar="K", help=say("cli.loop"))
    animate.set_defaults(run=_animate)


def _animate(options: argparse.Namespace, say: Words) -> int:
    ending = ending_of(options.output, _ENDINGS)
    asked = read_asked(options, say)
    # These take a while, which no other command should wait for.
    from conv.figures.chromium import Chromium  # noqa: PLC0415
    from conv.figures.files import write_whole  # noqa: PLC0415
    from conv.figures.film import Reel, check_writer, film_file  # noqa: PLC0415

    check_writer(ending)
    reel = Reel(options.fps, options.first, options.last, options.every, options.loop)
    order = read_order(options, asked)
    scene = asked.scene()
    order.check(scene)
    count = len(reel.steps(scene))
    with closing(Chromium()) as chromium, tqdm(total=count, unit=say("cli.frame")) as bar:

        def told(done: int, _: int) -> None:
            bar.update(done - bar.n)

        ending = "apng" if ending == "png" else ending
        write_whole(options.output, film_file(chromium, scene, order, reel, ending, told))
    return 0
