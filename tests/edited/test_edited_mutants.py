"""Changes of meaning made in Word come back refused, whichever of a sentence's words they touch."""

import re
from collections import defaultdict

from tests.draft.knee_case import evidence
from tests.draft.mutants import mutants, stated
from tests.edited.edited_letters import case, report, says

_STEP = 24  # of the mutants of each sentence one in so many: all of them take minutes
_OF_SUPPORT = ("citation", "fact")  # mutants of what a sentence names, which an editor does not touch
_SAME_TWICE = re.compile(r"\b(\w[\w ]{3,40}) and \1\b")  # names less than the sentence did, and is true


def rounds() -> list[dict[str, str]]:
    """Letters with every sentence that has a mutant left changed: the new words by the sentence's id."""
    texts: dict[str, list[str]] = defaultdict(list)
    for kind, sentence in mutants(list(stated(case().letter)), evidence()):
        known = texts[sentence.id]
        if kind not in _OF_SUPPORT and sentence.text not in known and not _SAME_TWICE.search(sentence.text):
            known.append(sentence.text)
    longest = max(map(len, texts.values()))
    return [{name: found[n] for name, found in texts.items() if n < len(found)} for n in range(0, longest, _STEP)]


def test_a_sentence_whose_meaning_an_editor_changed_is_not_supported() -> None:
    survived: list[str] = []
    count = 0
    for changed in rounds():
        refused = {name for one in report(*(says(*item) for item in changed.items())).refused for name in one.sentences}
        survived += [changed[name] for name in changed if name not in refused]
        count += len(changed)
    assert survived == []
    assert count > 40
