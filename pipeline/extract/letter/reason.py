"""The payer's reason, quoted whole: the statement after the decision, never the boilerplate of the rights section."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import dropwhile, groupby, pairwise, takewhile

from pipeline.extract.letter.claim_lines import claim_lines, denied_lines, note
from pipeline.extract.letter.labels import Labelled, labelled
from pipeline.extract.letter.letter import Paragraph, is_heading
from pipeline.extract.letter.purposes import purposes
from pipeline.extract.lines import Stretch, sentences
from pipeline.extract.tables import load, pattern
from pipeline.folding import on_one_line
from schemas.proposal import ProposedValue

_DATE_LINE = 60  # characters
_SAID = 5  # words: fewer say no more than the decision
_SENTENCE = 12  # words: the note of a code is often shorter


@cache
def _words(name: str) -> re.Pattern[str]:
    return pattern("|".join(load("letter/reason.yaml")[name]))


def _gives_reason(sentence: Stretch) -> bool:
    words = _words("reason").search(sentence.text) and not _words("never").search(sentence.text)
    return bool(words) and (not sentence.text.endswith(":") or bool(_words("ground_before_list").search(sentence.text)))


def _decides(sentence: Stretch) -> bool:
    """Whether a sentence tells the decision: what stands beside it is more likely its reason."""
    return bool(_words("decision").search(sentence.text)) and not _words("never").search(sentence.text)


def reason(letter: Sequence[Paragraph]) -> ProposedValue | None:
    """The reason by its label or heading, in the notes of the lines denied, else in the prose of the decision."""
    labelled_runs = [run for paragraph in letter if (run := _labelled(paragraph))]
    why = _of_purpose(letter, "why")
    headed = [run for run in why if any(map(_gives_reason, run)) and any(len(s.text.split()) > _SENTENCE for s in run)]
    stated = labelled_runs or headed or _of_lines(letter) or why or _decided(letter)
    if stated:
        return _proposed(stated[0])
    runs = [run for paragraph in letter if _may_decide(paragraph) for run in _runs(paragraph)]
    found = [max(runs, key=_weight, default=[]), _next_to_decision(letter), _beside_decision(letter)]
    given = [run for run in found if run]
    best = next((run for run in given if not all(map(_tells_rule, run))), given[0] if given else None)
    return _proposed(_past_lead(_trimmed(_after_decision(_whole(best, letter))))) if best else None


_LEADS = re.compile(
    r"^(?:our|the|these|this|here)\b[^.:]{0,40}\b(?:as follows|below|these|this|reasons?)[.:]$", re.IGNORECASE
)


def _past_lead(run: Sequence[Stretch]) -> Sequence[Stretch]:
    """A reason without a sentence that only leads to it: "The reason is as follows."."""
    return run[1:] if len(run) > 1 and _LEADS.match(on_one_line(run[0].text)) else run


def _next_to_decision(letter: Sequence[Paragraph]) -> list[Stretch]:
    """What follows a bare decision and gives a reason in plain words: "Policy requires that X be tried first."."""
    for decision, following in pairwise(letter):
        said = list(sentences(following.body)) if _may_decide(decision) and _may_decide(following) else []
        if said and any(map(_decides, sentences(decision.body))) and not following.is_table:
            own = list(takewhile(_belongs, said))
            if any(map(_gives_reason, own)):
                return own
    return []


def _beside_decision(letter: Sequence[Paragraph]) -> list[Stretch]:
    """What follows the decision in its paragraph, where no words of reasons stand in the letter: its plain facts."""
    for paragraph in letter:
        said = list(sentences(paragraph.body)) if _may_decide(paragraph) and not paragraph.is_table else []
        rest = list(dropwhile(lambda s: not _decides(s), said))[1:]
        facts = list(takewhile(lambda s: _belongs(s) and _is_fact(s) and not s.text.endswith(":"), rest))
        if sum(len(sentence.text.split()) for sentence in facts) > _SENTENCE:
            return facts
    return []


def _of_lines(letter: Sequence[Paragraph]) -> list[list[Stretch]]:
    """What is said of the first line denied: below it, or in the note that its first code or mark refers to."""
    for line in denied_lines(claim_lines(letter)):
        if line.remark is not None:
            return [[line.remark]]
        for key in line.note_keys:
            if (said := note(letter, key)) is not None:
                return [[said]]
    return []


def _proposed(run: Sequence[Stretch]) -> ProposedValue:
    """One quote for each page, and where a stamp stands between two sentences, one for each part."""
    whole: list[Stretch] = []
    for sentence in run:
        if whole and _adjoin([whole[-1]], [sentence]) and whole[-1].page is sentence.page:
            whole[-1] = Stretch(sentence.page, whole[-1].start, sentence.end)
        else:
            whole.append(sentence)
    if (quoted := _QUOTED.match(whole[0].text)) is not None:
        whole = [whole[0].part(*quoted.span("said"))]
    text = " ".join(on_one_line(part.text) for part in whole)
    return ProposedValue(field="reason", value=text, quotes=tuple(part.quote() for part in whole))


_QUOTED = re.compile(
    r"[\"\u201c](?P<said>[^\"\u201c\u201d]{60,}[.!?])[\"\u201d]"
)  # the reviewer's words as the letter quotes them


def _labelled(paragraph: Paragraph) -> list[Stretch]:
    """What follows a label such as "Reason for denial:", to the end of its paragraph."""
    for value in labelled(paragraph.lines):
        # a code or a few words in a table are not the statement
        if value.field == "reason" and len(value.value.text.split()) > 4:
            end = _end_of(paragraph, value) if len(value.line.cells) == 1 else value.value.end
            whole = Stretch(paragraph.page, value.value.start, end)
            return list(takewhile(_belongs, sentences(whole)))
    return []


def _end_of(paragraph: Paragraph, value: Labelled) -> int:
    """Where the words after a label end: with the paragraph, or before the next line that begins with a label."""
    following = [
        other.line.start
        for other in labelled(paragraph.lines)
        if other.line.start > value.line.start and other.line.text.startswith(other.label)
    ]
    return min(following, default=paragraph.end)


def _of_purpose(letter: Sequence[Paragraph], purpose: str) -> list[list[Stretch]]:
    """What stands under heads of a purpose, each run to where the criteria begin or what is no reason."""
    runs: list[_Run] = []
    before = ""
    for paragraph, group in groupby(purposes(letter), key=lambda said: said.paragraph):
        said = list(group)
        if any(one.purpose == purpose for one in said):
            if said[0].headed and runs and not any(map(_gives_reason, runs[-1].said)):
                runs[-1] = _Run()  # what stood before was only listed
            elif before != purpose or said[0].purpose != purpose:
                runs.append(_Run())
            runs[-1].add([one.sentence for one in said if one.purpose == purpose], paragraph)
        before = said[-1].purpose
    whole = [_trimmed(_after_decision(run.said)) for run in runs]
    return [said for said in whole if sum(len(sentence.text.split()) for sentence in said) > 4]


@dataclass
class _Run:
    """The sentences of a section that give the reason, whether it has ended, and whether criteria are listed now."""

    said: list[Stretch] = field(default_factory=list)
    ended: bool = False
    lists: bool = False

    def add(self, sentences_of: Sequence[Stretch], paragraph: Paragraph) -> None:
        """Carry on with a paragraph, which must give a reason itself, until a sentence does not belong.

        What stands before such a sentence, and gives no reason, was only about the review.
        """
        listed = paragraph.item and (self.lists or paragraph.item[0] in "[\u2610" or paragraph.body.text[:1].islower())
        if self.ended or paragraph.is_table or listed:
            return
        own: list[Stretch] = []
        for sentence in sentences_of:
            self.lists = sentence.text.endswith(":")
            if _belongs(sentence) and (self.said or own or _may_begin(sentence)):
                own.append(sentence)
            elif any(map(_is_fact, (*self.said, *own))):
                self.ended = True
                break
            else:
                self.said, own = [], []
        if not self.said or paragraph.goes_on or any(_words("reason").search(sentence.text) for sentence in own):
            self.said += own


def _may_begin(sentence: Stretch) -> bool:
    """Whether a reason may begin so: with no rule, and not within a sentence."""
    if _words("looked_at").search(sentence.text):
        return False
    return not _words("rule").search(sentence.text) and sentence.text[1:2] != "."  # "g., laxity": of "e.g."


def _after_decision(said: Sequence[Stretch]) -> list[Stretch]:
    """What follows the bare decision, and what was asked before it, where a reason does."""
    bare = [n for n, sentence in enumerate(said[:3]) if _decides(sentence) and not _gives_reason(sentence)]
    rest = list(said[bare[-1] + 1 :] if bare else said)
    return rest if any(map(_gives_reason, rest)) else list(said)


def _trimmed(run: Sequence[Stretch]) -> list[Stretch]:
    """Without what only states the rule at its end."""
    kept = list(run)
    while len(kept) > 1 and _tells_rule(kept[-1]):
        kept.pop()
    return kept


def _tells_rule(sentence: Stretch) -> bool:
    return _words("rule").search(sentence.text) is not None


def _decided(letter: Sequence[Paragraph]) -> list[list[Stretch]]:
    """What a section on the decision says after the decision itself, where that gives a reason."""
    found: list[list[Stretch]] = []
    for run in _of_purpose(letter, "decided"):
        told = list(
            dropwhile(lambda s: len(s.text.split()) < _SAID and s.text[-1] not in ".!?", run)
        )  # "Determination: ADVERSE"
        rest = list(takewhile(_is_fact, dropwhile(lambda s: not _gives_reason(s) and not _is_fact(s), told)))
        if any(map(_gives_reason, rest)):
            found.append(rest)
    return found


def _belongs(sentence: Stretch) -> bool:
    return not _words("boilerplate").search(sentence.text) and not _words("criteria").search(sentence.text)


def _whole(run: Sequence[Stretch], letter: Sequence[Paragraph]) -> list[Stretch]:
    """The run with what leads up to it in its paragraph, and with the paragraphs of reasons that follow directly."""
    at, paragraph = next(
        (n, p) for n, p in enumerate(letter) if p.page is run[0].page and p.start <= run[0].start < p.end
    )
    before = [s for s in sentences(paragraph.body) if s.end <= run[0].start]
    after = [s for s in sentences(paragraph.body) if s.start >= run[-1].end]
    whole = [*_leading(before), *run, *takewhile(lambda s: _belongs(s) and _is_fact(s), after)]
    for following in letter[at + 1 :]:
        said = _grounds(following)
        if not said or not (_adjoin(whole, said) or _dated_between(whole[-1], said[0])):
            break
        whole += said
        if said[-1].end < following.end:
            break
    if not before or whole[0] == before[0]:
        whole = [*_before(letter[:at], whole), *whole]
    return whole


def _dated_between(last: Stretch, following: Stretch) -> bool:
    """Whether only a line of the decision's day stands between two sentences of a page."""
    gap = last.page.text[last.end : following.start] if last.page is following.page else ""
    return len(gap) < _DATE_LINE and _words("dated").fullmatch(gap.strip()) is not None


def _before(letter: Sequence[Paragraph], whole: Sequence[Stretch]) -> list[Stretch]:
    """The paragraphs of grounds that end where a run begins, back to the bare decision."""
    found: list[Stretch] = []
    for earlier in reversed(letter):
        said = _grounds(earlier)
        bare = any(_decides(sentence) and not _words("because").search(sentence.text) for sentence in said)
        if not said or bare or said[-1].end < earlier.end or said[-1].text[-1] not in ".!?":
            break
        if not all(map(_is_fact, said)) or not _adjoin(said, found or whole):
            break
        found = [*said, *found]
    return found


def _grounds(paragraph: Paragraph) -> list[Stretch]:
    """What a paragraph of prose says that gives grounds, to the first sentence that does not belong."""
    if not _may_decide(paragraph) or paragraph.is_table:
        return []
    said = list(takewhile(_belongs, sentences(paragraph.body)))
    return said if paragraph.goes_on or any(map(_gives_reason, said)) else []


def _leading(before: Sequence[Stretch]) -> list[Stretch]:
    """The facts that lead up to a reason: from the paragraph's start or the decision on, else those of reasons."""
    facts = list(takewhile(lambda s: not _decides(s) and _belongs(s) and _is_fact(s), reversed(before)))
    stop = before[-len(facts) - 1] if len(facts) < len(before) else None
    if stop is not None and not (_decides(stop) or _words("we_looked").search(stop.text)):
        facts = list(takewhile(_gives_reason, facts))
    return facts[::-1]


def _is_fact(sentence: Stretch) -> bool:
    """Whether a plain sentence speaks of the patient, the records or the service, not of the review or the plan."""
    return not _words("review").search(sentence.text)


def _adjoin(run: Sequence[Stretch], following: Sequence[Stretch]) -> bool:
    """Whether nothing stands between two runs: a reason goes on over paragraphs, and over a page's end."""
    page, after = run[-1].page, following[0]
    if page is not after.page:
        return True
    return not page.text[run[-1].end : after.start].strip()


def _is_heading(paragraph: Paragraph) -> bool:
    return len(paragraph.lines) == 1 and (paragraph.text == paragraph.heading or is_heading(paragraph.lines[0]))


def _may_decide(paragraph: Paragraph) -> bool:
    """Whether a paragraph may hold the decision: no heading, no table of labels, not of the rights section."""
    labels = [
        value
        for value in labelled(paragraph.lines[:1])
        if paragraph.text.startswith(value.label) and value.field != "other"  # "Decision: Not approved." begins prose
    ]
    return not paragraph.in_rights and not _is_heading(paragraph) and not labels


def _runs(paragraph: Paragraph) -> list[list[Stretch]]:
    """The runs of sentences that give a reason; one plain sentence between two such belongs to them.

    A run must have a sentence that could stand for it alone.
    """
    if paragraph.is_table:
        return []  # a table states no reason
    runs: list[list[Stretch]] = [[]]
    between: list[Stretch] = []
    for sentence in sentences(paragraph.body):
        if _gives_reason(sentence) or _decides(sentence):
            runs[-1] += [*between, sentence] if runs[-1] else [sentence]
            between = []
        elif between or _words("never").search(sentence.text):
            runs.append([])
            between = []
        else:
            between = [sentence]
    strong = [run for run in runs if any(_words("strong").search(s.text) for s in run)]
    return [reasons for run in strong if (reasons := list(dropwhile(lambda s: not _gives_reason(s), run)))]


def _weight(run: Sequence[Stretch]) -> tuple[int, int]:
    """Strong words decide, then words of decision; the first such run of the letter wins a tie (max keeps it)."""
    text = " ".join(sentence.text for sentence in run)
    strong = {" ".join(match[0].lower().split()) for match in _words("strong").finditer(text)}
    return min(len(strong), 3), int(bool(_words("decision").search(text)))
