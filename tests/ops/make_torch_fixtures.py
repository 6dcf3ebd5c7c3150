"""Writes what PyTorch computes to fixtures/, so that the tests need no PyTorch.

Run in the repository's root, with PyTorch installed: python -m tests.ops.make_torch_fixtures
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from ..pads import pads_of
from .grid import GRID, UNEVEN, checksum, tensors
from .training import LR, SIZE, TORCH_RULES, training_data

FIXTURES = Path(__file__).parent / "fixtures"


def by_torch(x, w, b, g, *, padding=(0, 0), **parameters):
    """out, dw, dx and db by PyTorch's autograd; what pads other than conv2d can is padded first."""
    x, w, b = (torch.tensor(tensor, requires_grad=True) for tensor in (x, w, b))
    (top, bottom), (left, right) = pads_of(padding)
    if (top, left) == (bottom, right):
        out = torch.nn.functional.conv2d(x, w, b, padding=padding, **parameters)
    else:
        x_pad = torch.nn.functional.pad(x, (left, right, top, bottom))
        out = torch.nn.functional.conv2d(x_pad, w, b, padding=0, **parameters)
    out.backward(torch.tensor(g))
    results = {"out": out.detach(), "dw": w.grad, "dx": x.grad, "db": b.grad}
    return {name: result.numpy() for name, result in results.items()}


def trained_by_torch(rule):
    """w and b after every step of `training_data` under one rule, as two arrays."""
    w, b, inputs, wanted = (torch.tensor(tensor) for tensor in training_data())
    parameters = w.requires_grad_(), b.requires_grad_()
    optimizer = torch.optim.SGD(parameters, lr=LR, **TORCH_RULES[rule])
    history = []
    for x, goal in zip(inputs, wanted, strict=True):
        optimizer.zero_grad()
        out = torch.nn.functional.conv2d(x, w, b, stride=SIZE["stride"], padding=SIZE["pad"])
        (0.5 * (out - goal) ** 2).sum().backward()
        optimizer.step()
        history.append([p.detach().numpy().copy() for p in parameters])
    return tuple(np.stack(steps) for steps in zip(*history, strict=True))


def store(name, cases):
    """Writes the results of these cases, whose seeds are their places."""
    results = [by_torch(*tensors(case, seed), **case.parameters) for seed, case in enumerate(cases)]
    np.savez_compressed(
        FIXTURES / name,
        checksums=np.array([checksum(case, seed) for seed, case in enumerate(cases)], np.uint32),
        **{
            name: np.concatenate([result[name].ravel() for result in results])
            for name in ("out", "dw", "dx", "db")
        },
    )


def main():
    store("torch_grid.npz", GRID)
    store("torch_uneven.npz", UNEVEN)
    trained = {rule: trained_by_torch(rule) for rule in TORCH_RULES}
    np.savez_compressed(
        FIXTURES / "torch_sgd.npz",
        **{f"{rule}_w": w for rule, (w, _) in trained.items()},
        **{f"{rule}_b": b for rule, (_, b) in trained.items()},
    )


if __name__ == "__main__":
    main()
