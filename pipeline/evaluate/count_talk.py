"""Counting the peer-to-peer talk that a letter offers: whether it does, the number, the window and the last day."""

from collections.abc import Iterator
from typing import Final

from pipeline.evaluate.cases import Found
from pipeline.evaluate.compare import Comparer, same_phone, same_text
from pipeline.evaluate.tally import Miss, Score, Tally
from pipeline.evaluate.truth import StatedTalk
from schemas.coverage import PeerToPeer

_OFFERED: Final = "offered"
_COMPARED: Final[dict[str, Comparer]] = {_OFFERED: same_text, "phone": same_phone, "window": same_text, "by": same_text}


def count_talk(case: str, stated: StatedTalk | None, found: Found, score: Score) -> Iterator[Miss]:
    """Each part of the offer. One that is stated as null, or of a letter that offers none, must not be found."""
    read = found.coverage.peer_to_peer if found.coverage else None
    said, seen = _parts(stated), _parts(read)
    for part, same in _COMPARED.items():
        tally = score.talks.setdefault(part, Tally())
        one, other = said.get(part), seen.get(part)
        tally.stated += one is not None
        tally.found += other is not None
        tally.null += one is None
        tally.invented += one is None and other is not None
        right = one is not None and other is not None and same(one, other)
        tally.right += right
        if not right and (one or other):
            yield Miss(case, f"peer-to-peer talk: {part}", one or "", other or "")


def _parts(talk: StatedTalk | PeerToPeer | None) -> dict[str, str]:
    """What is told of a talk, as words; nothing where there is none."""
    if talk is None:
        return {}
    window = f"{talk.window.n} {talk.window.unit}" if talk.window else None
    told = {_OFFERED: "yes", "phone": talk.phone, "window": window, "by": talk.by and talk.by.isoformat()}
    return {part: words for part, words in told.items() if words}
