"""What a sentence claims beside its figures: of whom it speaks, what it says is done, and in what tone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from pipeline.draft.verify_words import any_of, words
from pipeline.folding import folded
from schemas.letter import Appellant


@cache
def _party_in_state() -> re.Pattern[str]:
    """A party other than the patient as the one who was treated or born: "the plan was treated"."""
    return re.compile(rf"({any_of(words().parties).pattern}(?:'s)?)\s({any_of(words().states).pattern})")


def action_reasons(own: str) -> Iterator[str]:
    """Why a folded text tells of what somebody did, does or will do beside the chart."""
    if acted := any_of(words().actions).search(own):
        yield f"\u201c{acted[0]}\u201d says what somebody does or did, and no fact says so"


def person_reasons(own: str, appellant: Appellant) -> Iterator[str]:
    """Why a folded text speaks of somebody else than the patient, or in the voice of somebody else than who appeals."""
    if person := any_of(words().persons).search(own):
        yield f"\u201c{person[0]}\u201d is not the patient"
    if party := _party_in_state().search(own):
        yield f"\u201c{party[0]}\u201d is not said of the patient"
    for voice, phrases in words().voices.items():
        if voice != appellant and (spoken := any_of(phrases).search(own)):
            yield f"\u201c{spoken[0]}\u201d is not the voice of the {appellant}, who appeals"


def owner_reasons(own: str, names: Iterable[str]) -> Iterator[str]:
    """Why a folded text gives what a fact tells to another party: "the reviewer's CDAI score"."""
    for name in names:
        owned = rf"({any_of(words().parties).pattern}'s)\s(?:[\w-]+\s){{0,3}}{re.escape(folded(name))}(?!\w)"
        if found := re.search(owned, own):
            yield f"\u201c{found[0]}\u201d is not said of the patient"


def tone_reasons(own: str) -> Iterator[str]:
    """Why the tone of a folded text is not fit for a letter."""
    for kind, lines in words().tone.items():
        for line in lines:
            if match := any_of(line).search(own):
                yield f"\u201c{match[0]}\u201d is on the list of {kind}"
