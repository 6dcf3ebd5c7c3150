"""The rules by which a layer learns: what a step takes from a parameter, and what it remembers."""

from __future__ import annotations

from dataclasses import dataclass

from .geometry import as_number
from .textbook import Array

UPDATES = ("notebook", "sgd", "momentum", "weight_decay")


@dataclass(frozen=True)
class Settings:
    """The numbers of the rules: the learning rate, the momentum, and the decay `reg`; each is
    used by the rules that name it (`step_of`). Raises ConvError unless they are finite, >= 0."""

    lr: float
    momentum: float = 0.9
    reg: float = 0.75

    def __post_init__(self) -> None:
        """Checks the numbers."""
        for name in ("lr", "momentum", "reg"):
            object.__setattr__(self, name, as_number(name, getattr(self, name)))


def step_of(
    rule: str,
    parameter: str,
    p: Array,
    dp: Array,
    previous: Array,
    lr: float,
    momentum: float,
    reg: float,
) -> tuple[Array, Array]:
    """(step, previous): what one of UPDATES takes from p, the `parameter` "w" or "b" with the
    gradient dp, and what it finds as `previous` at the next step (zeros at the first). All
    arrays are of p's shape; none is written to.

    The caller takes the step in place, `p -= step`. "notebook" hands w itself on as `previous`,
    so that it holds the weights of the next step by the time it is read.

    Source: the notebook, section 3.3; `torch.optim.SGD`.
    """
    if rule == "notebook":
        return (lr * (dp + previous * reg), p) if parameter == "w" else (lr * dp, previous)
    if rule == "momentum":
        velocity = momentum * previous + dp
        return lr * velocity, velocity
    decay = reg if rule == "weight_decay" else 0.0
    return lr * (dp + decay * p), previous
