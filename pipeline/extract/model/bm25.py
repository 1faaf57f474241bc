"""Okapi BM25: how well each of many texts answers a question of weighted words.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), equation 3.15, with the inverse
document frequency of Lucene, which is never negative. The usual libraries weigh every word of a question alike.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

K1, B = 1.2, 0.75  # the values that the paper recommends where nothing was tuned


class Index:
    """Texts given as the weight of each of their words."""

    def __init__(self, texts: Sequence[Mapping[str, float]]) -> None:
        self._held: dict[str, list[tuple[int, float]]] = defaultdict(list)
        lengths = [sum(text.values()) for text in texts]
        mean = sum(lengths) / len(texts) if texts else 1.0
        for at, (text, length) in enumerate(zip(texts, lengths, strict=True)):
            norm = K1 * (1 - B + B * length / mean) if mean else K1
            for word, weight in text.items():
                self._held[word].append((at, weight * (K1 + 1) / (weight + norm)))
        self._count = len(texts)

    def scores(self, question: Mapping[str, float]) -> dict[int, float]:
        """The score of each text, by its place, that shares a word with the question."""
        found: dict[int, float] = defaultdict(float)
        for word, weight in question.items():
            held = self._held.get(word, ())
            rarity = math.log(1 + (self._count - len(held) + 0.5) / (len(held) + 0.5))
            for at, share in held:
                found[at] += weight * rarity * share
        return found
