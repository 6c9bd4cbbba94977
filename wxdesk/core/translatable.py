"""Sentence with values, kept apart so that it can be translated later."""

from __future__ import annotations


class Phrase:
    """Sentence that fills a hole of an error's sentence and has holes of its own."""

    __slots__ = ("sentence", "values")

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        return self.sentence.format(**self.values)
