"""Snippets: what a scene shows, as NumPy code, as PyTorch code and as LaTeX, to be copied."""

from .latex import latex_sum
from .with_numpy import numpy_code
from .with_torch import torch_code

__all__ = ["latex_sum", "numpy_code", "torch_code"]
