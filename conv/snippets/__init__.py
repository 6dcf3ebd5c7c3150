"""Snippets: what a scene shows, as NumPy code, as PyTorch code and as LaTeX, to be copied."""
