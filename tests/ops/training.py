"""Ten training steps on seeded data, the same for the stored PyTorch results and for the tests."""

from __future__ import annotations

import numpy as np

from .grid import uniform

STEPS = 10
SIZE = {"in_channel": 2, "out_channel": 3, "kernel_size": 3, "stride": 2, "pad": 1}
LR, MOMENTUM, REG = 0.02, 0.9, 0.75

# The keywords of torch.optim.SGD that mean the same as the layer's rule.
TORCH_RULES = {
    "sgd": {},
    "momentum": {"momentum": MOMENTUM},
    "weight_decay": {"weight_decay": REG},
}


def training_data():
    """w, b, and for every step the input and the wanted output: the residual is out - wanted."""
    rng = np.random.default_rng(20)
    w, b = uniform(rng, (3, 2, 3, 3)), uniform(rng, 3)
    inputs, wanted = uniform(rng, (STEPS, 2, 2, 6, 7)), uniform(rng, (STEPS, 2, 3, 3, 4))
    return w, b, inputs, wanted
