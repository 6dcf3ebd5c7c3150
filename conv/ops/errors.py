"""The one error that a caller of this package can cause."""


class ConvError(ValueError):
    """Bad input: the sentence names the argument, what it got and what would do."""
