"""The one error that a caller of this package can cause."""

from __future__ import annotations

from conv.words import Words, words


class ConvError(ValueError):
    """Bad input: the sentence names the argument, what it got and what would do.

    `key` is the sentence's in the catalogue, `values` what it takes; one that hangs on the
    language is a function of the words. `code` is Python that would do, or "".

    >>> str(ConvError("error.least", name="stride", least=1, number=0))
    'stride must be >= 1, got 0'
    """

    def __init__(self, key: str, /, *, code: str = "", **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.code = code
        self.values = values

    def __str__(self) -> str:
        """The sentence in English."""
        return self.sentence(words("en"))

    def sentence(self, say: Words) -> str:
        """The sentence in the language of these words."""
        values = {
            name: value(say) if callable(value) else value for name, value in self.values.items()
        }
        return say(self.key, **values)
