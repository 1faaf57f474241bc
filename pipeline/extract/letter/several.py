"""How many things a notice denies: of two each needs a case of its own; a remittance may deny none."""

from collections.abc import Iterator, Sequence

from pipeline.extract.letter.claim_lines import ClaimLine, claim_lines, denied_lines, is_denied_claim
from pipeline.extract.letter.labels import labelled
from pipeline.extract.letter.letter import Paragraph, read_letter
from pipeline.extract.lines import Stretch
from schemas.coverage import Warning
from schemas.document import Document


def several_denials(document: Document) -> Iterator[Warning]:
    """A warning where lines are denied on grounds or claims of their own, or reasons are labelled for two services."""
    letter = read_letter(document)
    places = _first_of_each_ground(letter) or _first_of_each_reason(letter)
    if len(places) > 1:
        yield Warning(
            code="several_denials_in_letter",
            message="The letter denies more than one thing, each on its own ground. Each needs a case of its own.",
            spans=tuple(place.page.span(place.start, place.end) for place in places),
        )


def denies_nothing(document: Document) -> bool:
    """Whether a remittance decides its services and denies none: paid, shared with the patient, or taken back."""
    letter = read_letter(document)
    lines = claim_lines(letter)
    decided = any(line.denied is False for line in lines)
    return decided and not denied_lines(lines) and not is_denied_claim(letter)


def claim_number(document: Document) -> str:
    """The number of the claim that a remittance is about; empty where it names none."""
    numbers = (
        one.value.text
        for paragraph in read_letter(document)
        for one in labelled(paragraph.lines)
        if one.field == "claim_number"
    )
    return next(numbers, "")


def _first_of_each_ground(letter: Sequence[Paragraph]) -> list[Stretch]:
    """The first denied line of each claim and of each set of adjustments that deny."""
    firsts: dict[tuple[str, tuple[str, ...]], ClaimLine] = {}
    for line in claim_lines(letter):
        if line.denied:
            ground = tuple(sorted({code.text for code in line.adjustments}))
            firsts.setdefault((_claim_above(letter, line), ground), line)
    return [line.whole for line in firsts.values()]


def _claim_above(letter: Sequence[Paragraph], line: ClaimLine) -> str:
    """The claim number that stands last above a line; nothing where none does."""
    here = (line.whole.page.number, line.whole.start)
    above = [
        one.value.text
        for paragraph in letter
        for one in labelled(paragraph.lines)
        if one.field == "claim_number" and (one.line.page.number, one.line.start) < here
    ]
    return above[-1] if above else ""


def _first_of_each_reason(letter: Sequence[Paragraph]) -> list[Stretch]:
    """Reasons that follow labels, where each has a service label of its own above it."""
    reasons: dict[str, Stretch] = {}
    services: set[str] = set()
    for paragraph in letter:
        for one in () if paragraph.in_rights else labelled(paragraph.lines):
            if one.field == "service":
                services.add(one.value.text)
            elif one.field == "reason" and len(services) > len(reasons):
                reasons.setdefault(one.value.text, one.value)
    return list(reasons.values())
