"""Verification of what an edited letter says: by the facts and fields of its sentence, else by the pages it cites."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.draft import verify, verify_sentence
from pipeline.draft.citations import cite
from pipeline.draft.evidence import QUOTED_ONLY
from pipeline.edited.evidence import Grounds
from pipeline.edited.joined import joined_reasons, named
from pipeline.edited.match import Block, Original
from pipeline.edited.passage import page_reasons
from pipeline.edited.report import Change, Checked, Standing
from pipeline.edited.typed import unknown
from pipeline.edited.units import Statement, alike
from pipeline.edited.words import table
from schemas.fact import Fact
from schemas.letter import CheckedToken, Sentence, SentenceKind
from schemas.span import Span

_BLANK = re.compile(r"\[[^\[\]]{1,400}\]\.?")
_MOST_FACTS = 60  # of one page, tried one by one for a statement


class _Judged(NamedTuple):
    """A standing, the reasons against it, and what carries each figure and name."""

    standing: Standing
    reasons: tuple[str, ...] = ()
    tokens: tuple[CheckedToken, ...] = ()


class Judge:
    """Judges the statements of one edited letter against one case."""

    def __init__(self, grounds: Grounds, original: Original, found: Sequence[Statement]) -> None:
        self._grounds = grounds
        self._original = original
        self._parts = Counter(name for one in found for name in one.origins if not one.repeated)

    def statement(self, one: Statement) -> Checked:
        """Judge a statement."""
        change = self._change(one)
        judged = self._judged(one, change)
        return Checked(
            text=one.text,
            change=change,
            standing=judged.standing,
            reasons=judged.reasons,
            tokens=judged.tokens,
            sentences=one.origins,
            citations=tuple(f"Ex. {ref.label}, p. {ref.page}" for ref in one.refs),
            moved=one.moved,
            editors=one.authors,
            paragraph=one.number,
        )

    def block(self, block: Block, number: int) -> Checked:
        """Judge a piece around the sentences: what the notice states must stand there, what is the sender's may."""
        text = " ".join(block.text.split())
        stated = " ".join(self._original.blocks.get(block.tag, "").split())
        same = alike(text) == alike(stated)
        name = block.tag.partition(".")[2]
        own = name in table().own or name.startswith("exhibit_") or _BLANK.fullmatch(stated) is not None
        reasons: tuple[str, ...] = ()
        if _BLANK.fullmatch(text):
            standing = Standing.OPEN
        elif same:
            standing = Standing.SUPPORTED
        elif own and all(len(line.split()) <= table().longest_own for line in block.text.splitlines()):
            standing = Standing.OWN
        else:
            standing, reasons = Standing.NOT_SUPPORTED, (table().reasons["field"].format(text=stated),)
        change = Change.UNCHANGED if same else Change.FILLED if _BLANK.fullmatch(stated) else Change.CHANGED
        editors = tuple(dict.fromkeys(s.author for s in block.paragraph.stretches if s.author))
        return Checked(
            text=text,
            change=change,
            standing=standing,
            reasons=reasons,
            sentences=(block.tag,),
            editors=editors,
            paragraph=number,
        )

    def _change(self, one: Statement) -> Change:
        sentences = [self._grounds.sentences[name] for name in one.origins if name in self._grounds.sentences]
        if one.exact:
            if one.repeated:
                return Change.REPEATED
            return Change.UNCHANGED if self._is_cited_alike(one) else Change.CHANGED
        if not sentences:
            return Change.ADDED
        if any(sentence.kind is SentenceKind.PLACEHOLDER for sentence in sentences):
            return Change.FILLED
        if len(sentences) > 1:
            return Change.MERGED
        return Change.SPLIT if self._parts[one.origins[0]] > 1 else Change.CHANGED

    def _is_cited_alike(self, one: Statement) -> bool:
        """Whether it cites what its sentence cites; of a pasted one the citation may follow a later sentence."""
        cited = self._grounds.cited.get(one.exact, frozenset())
        return cited == set(one.refs) or (not one.cited and bool(one.inherited) and cited <= set(one.refs))

    def _judged(self, one: Statement, change: Change) -> _Judged:
        if _BLANK.fullmatch(one.text):
            return _Judged(Standing.OPEN)
        wrong = tuple(
            table().reasons[what].format(label=label, page=page)
            for what, label, page in unknown(one.cited or one.inherited, self._grounds.case.exhibits)
        )
        if wrong:
            return _Judged(Standing.NOT_SUPPORTED, wrong)
        if change in (Change.UNCHANGED, Change.REPEATED) and self._is_cited_alike(one):
            found = verify_sentence(self._grounds.sentences[one.exact], self._grounds.evidence)
            standing = Standing.NOT_SUPPORTED if found.reasons else Standing.SUPPORTED
            return _Judged(standing, found.reasons, found.tokens)
        return self._tried(one)

    def _tried(self, one: Statement) -> _Judged:
        """By the first way in which it is carried; by none, with the fewest reasons against it."""
        tried: list[tuple[str, ...]] = []
        for sentence in self._ways(one):
            reasons = (*verify(sentence, self._grounds.evidence), *self._joins(one, sentence))
            if not reasons:
                return _Judged(Standing.SUPPORTED, tokens=verify_sentence(sentence, self._grounds.evidence).tokens)
            tried.append(reasons)
        if one.refs:
            reasons = page_reasons(one.text, one.refs, self._grounds)
            if not reasons:
                return _Judged(Standing.BY_PAGE)
            tried.append(reasons)
        elif cited := self._citation_gone(one):
            return _Judged(Standing.NOT_SUPPORTED, (table().reasons["gone"].format(citation=cited),))
        best = min(tried, key=len) if tried else ()
        return _Judged(Standing.NOT_SUPPORTED, best if one.refs else (*best, table().reasons["nothing"]))

    def _joins(self, one: Statement, sentence: Sentence) -> tuple[str, ...]:
        """Why it may not join its facts, where they are not all those of one sentence of the letter."""
        known = self._grounds.sentences
        if any(set(sentence.facts) <= set(known[name].facts) for name in one.origins if name in known):
            return ()
        facts = self._grounds.evidence.facts
        return tuple(joined_reasons(one.text, [facts[name] for name in sentence.facts]))

    def _citation_gone(self, one: Statement) -> str:
        """The citation of the sentence that it still is, where that was taken away."""
        sentence = self._grounds.sentences.get(one.exact)
        return cite(sentence.citations, self._grounds.case.exhibits) if sentence else ""

    def _ways(self, one: Statement) -> Iterator[Sentence]:
        """What it may rest on, each as a sentence to verify: its own sentence's support first, then its pages'."""
        origins = [self._grounds.sentences[name] for name in one.origins if name in self._grounds.sentences]
        criterion = next((sentence.criterion for sentence in origins if sentence.criterion), None)
        if not one.refs:
            for sentence in origins:
                if sentence.kind is SentenceKind.LAW:
                    yield sentence.model_copy(update={"text": one.text})
            yield _request(one.text, self._fields(one, origins), criterion)
            return
        for facts, fields in self._support(one, origins):
            if cited := self._cited(one, facts, fields, criterion):
                yield cited

    def _support(self, one: Statement, origins: Sequence[Sentence]) -> Iterator[tuple[Sequence[Fact], Sequence[str]]]:
        known = self._grounds.evidence.facts
        own = [known[name] for sentence in origins for name in sentence.facts if name in known]
        fields = self._fields(one, origins)
        yield own, fields
        there = self._grounds.facts_on(one.refs)[:_MOST_FACTS]
        yield named(one.text, there), fields
        yield from (((fact,), fields) for fact in dict.fromkeys((*own, *there)))

    def _fields(self, one: Statement, origins: Sequence[Sentence]) -> tuple[str, ...]:
        """The fields that it repeats: of its own sentence where it comes from one, else those it calls by their names.

        Of the payer's words those that its sentence quotes stay: they may be quoted in part.
        """
        if not origins or all(sentence.kind is SentenceKind.PLACEHOLDER for sentence in origins):
            return self._grounds.named(one.text)
        repeated = self._grounds.repeated(one.text)
        own = dict.fromkeys(path for sentence in origins for path in sentence.fields)
        return tuple(path for path in own if path in repeated or path.startswith(QUOTED_ONLY))

    def _cited(
        self, one: Statement, facts: Sequence[Fact], fields: Sequence[str], criterion: str | None
    ) -> Sentence | None:
        """The statement as a sentence on those facts and fields that its printed pages state."""
        field = self._grounds.evidence.field
        of_facts = {fact.id: self._printed(one, (*fact.spans, *fact.date_spans)) for fact in facts}
        of_fields = {path: self._printed(one, cited.spans) for path in fields if (cited := field(path))}
        spans = dict.fromkeys(span for found in (*of_facts.values(), *of_fields.values()) for span in found)
        if not spans:
            return None
        return Sentence(
            id="edited",
            kind=SentenceKind.FACT,
            text=one.text,
            facts=tuple(name for name, found in of_facts.items() if found),
            fields=tuple(path for path, found in of_fields.items() if found),
            citations=tuple(spans),
            criterion=criterion,
        )

    def _printed(self, one: Statement, spans: Sequence[Span]) -> list[Span]:
        """Those of the spans that stand on a page that the statement cites."""
        return [span for span in spans if set(self._grounds.refs((span,))) & set(one.refs)]


def _request(text: str, fields: Sequence[str], criterion: str | None) -> Sentence:
    """A sentence that states nothing of the record."""
    return Sentence(id="edited", kind=SentenceKind.ASK, text=text, fields=tuple(fields), criterion=criterion)
