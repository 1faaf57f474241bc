"""The services that a letter decides one by one: each line of its table with its decision, codes, dates and amounts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from pipeline import notation
from pipeline.extract.letter.compact import compact_days, with_range
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.lines import Line, Stretch
from pipeline.extract.tables import load, pattern

_MONEY = ("charged", "allowed", "paid", "not_covered", "patient", "settled")
_DECIDING = ("decision", "refused", "granted")
_HEADER_LINES = 4
_LONG_TITLE = 40  # characters: a longer cell is no title
_LEAST_AMOUNTS = 3
_CODE = re.compile(r"(?<![\w.,$/#-])(?:\d{4}[\dFTUM]|[A-EGHJ-MP-V]\d{4})(?![\w/.,]\d|\w)")
REMITTANCE_CODE = re.compile(
    r"(?<![\w-])(?:(?:CO|PR|OA|PI|CR)[ -]?[A-Z]?\d{1,3}|(?:CARC|RARC)[ #:]{1,2}(?:[A-Z]{0,2}\d{1,3})"
    r"|MA\d{2,3}|[MN]\d{2,3})(?![\w-]|\.\d)"
)
_BARE_BESIDE = re.compile(r"^\d{1,3}(?=[,;/ ]{1,3}(?:MA\d{2,3}|[MN]\d{2,3})(?![\w-]))")  # "50, N115"
_GROUPED = re.compile(r"(?:CO|PR|OA|PI|CR|CARC)[ #:-]{0,2}(?P<code>[A-Z]?\d{1,3})")
_BARE = re.compile(r"[A-Z]?\d{1,3}")
_NOTE_KEY = re.compile(r"[A-Z]|\d{1,2}|\([a-z0-9]\)|[A-Z]{1,3}\d{1,3}")


@dataclass(frozen=True, slots=True)
class _Head:
    """The titles of a table's columns by kind, in order; `aligned` where each title stands on one line."""

    kinds: tuple[str, ...]
    aligned: bool
    asks: bool


@dataclass(frozen=True)
class ClaimLine:
    """One service of a table with all that its line says, over the lines that carry it on."""

    lines: tuple[Line, ...]
    head: _Head

    @property
    def whole(self) -> Stretch:
        """All its lines."""
        return Stretch(self.lines[0].page, self.lines[0].start, self.lines[-1].end)

    @cached_property
    def cells(self) -> list[Stretch]:
        """The cells of all its lines in reading order."""
        return [cell for line in self.lines for cell in _cells(line)]

    @cached_property
    def _columns(self) -> list[tuple[str, Stretch]]:
        """The cells of its first line by the kind of their column; none where the titles do not tell them apart."""
        cells = _cells(self.lines[0])
        whole = self.head.aligned and len(cells) == len(self.head.kinds)
        return list(zip(self.head.kinds, cells, strict=True)) if whole else []

    @cached_property
    def _money(self) -> dict[str, Stretch]:
        """The amounts of its first line by the kind of their column; none where the titles do not tell them apart."""
        kinds = [kind for kind in self.head.kinds if kind in _MONEY]
        cells = [cell for cell in _cells(self.lines[0]) if _is_amount(cell)]
        if not self.head.aligned or len(cells) != len(kinds):
            return {}
        return dict(reversed(list(zip(kinds, cells, strict=True))))  # of two columns of a kind, the first

    @cached_property
    def reason_codes(self) -> list[Stretch]:
        """The adjustment and remark codes of the line."""
        return [
            *self._bare_codes,
            *(
                cell.part(*match.span())
                for cell in self.cells
                for words in (_BARE_BESIDE, REMITTANCE_CODE)
                for match in words.finditer(cell.text)
            ),
        ]

    @property
    def _bare_codes(self) -> list[Stretch]:
        """Adjustment codes without their group, in a column of their own: "252" under "CARC"."""
        return [cell for kind, cell in self._columns if kind == "remarks" and _BARE.fullmatch(cell.text)]

    @property
    def denial_codes(self) -> list[Stretch]:
        """The codes that deny: those that only settle a price or a share are left out."""
        return self.reason_codes if self.is_bundled else self._denying

    @property
    def _denying(self) -> list[Stretch]:
        return [code for code in self.reason_codes if not settles(code.text)]

    @property
    def adjustments(self) -> list[Stretch]:
        """The grouped adjustments that deny: "CO-50" without its remarks."""
        return [code for code in self._denying if _GROUPED.match(code.text)]

    @cached_property
    def codes(self) -> list[Stretch]:
        """The procedure codes of the line."""
        found = [cell.part(*match.span()) for cell in self.cells for match in _CODE.finditer(cell.text)]
        return [code for code in found if not REMITTANCE_CODE.fullmatch(code.text)]

    @cached_property
    def dates(self) -> list[tuple[str, Stretch]]:
        """The days of service, ISO 8601, each with its place."""
        return [
            (day.value.isoformat(), cell.part(day.start, day.end))
            for cell in _cells(self.lines[0])
            if not _decides(cell.text)
            for day in (*with_range(cell.text, notation.days(cell.text)), *compact_days(cell.text))
        ]

    @cached_property
    def service(self) -> list[Stretch]:
        """The words that name the service: a cell, and what carries it on below where it ends open."""
        people = [cell for kind, cell in self._columns if kind == "person"]
        cells = [cell for cell in _cells(self.lines[0]) if cell not in people and self._names(cell)]
        if not cells:
            return []
        named = [max(cells, key=lambda cell: len(re.findall(r"[a-z]{3,}", cell.text, re.IGNORECASE)))]
        for line in self.lines[1:]:
            rest = _cells(line)[0]
            alone = len(_cells(line)) == 1 and not re.search(r":|[.!]$|\d{4}", rest.text)
            goes_on = named[-1].text[-1] in ",-/&" or (rest.text[0].islower() and _CODE.match(self.lines[0].text))
            if rest.text.startswith("for ") or not (goes_on or alone) or not self._names(rest):
                break
            named.append(rest)
        return named

    def _names(self, cell: Stretch) -> bool:
        words = re.findall(r"[^\W\d_]{3,}", REMITTANCE_CODE.sub("", cell.text))
        return bool(words) and not _decides(cell.text) and self._answers(cell.text) is None

    def _answers(self, text: str) -> bool | None:
        """Whether a plain "NO" or "Yes" under "Approved?" grants the service; None where it is none."""
        rows = load("letter/claim_lines.yaml")["yes_no"]
        answer = text.strip().lower()
        return {**dict.fromkeys(rows["granted"], True), **dict.fromkeys(rows["denied"], False)}.get(
            answer if self.head.asks else ""
        )

    @cached_property
    def denied(self) -> bool | None:
        """By its decision, else by its codes, else by what was paid of it; None where the line does not tell.

        A line with a charge below zero takes an earlier one back, and denies nothing.
        """
        if self._taken_back:
            return False
        for cell in self.cells:
            if (told := _decides(cell.text)) is not None:
                return told == "denied"
            if (granted := self._answers(cell.text)) is not None:
                return not granted
        if (refused := self._refused) is not None:
            return refused
        grouped = [code for code in self.reason_codes if _GROUPED.match(code.text)]
        if grouped:
            return any(code in grouped for code in self._denying) and self._unpaid is not False
        return self._unpaid

    @property
    def is_bundled(self) -> bool:
        """Whether nothing was paid of it, by a code that says another service bears it."""
        codes = [match["code"] for code in self.reason_codes if (match := _GROUPED.match(code.text))]
        return (
            self._unpaid is True
            and not self.adjustments
            and any(code in load("letter/claim_lines.yaml")["bundles"] for code in codes)
        )

    @cached_property
    def _refused(self) -> bool | None:
        """Whether a count stands under "Denied", or none under "Approved", where each column has its cell."""
        counts = {
            kind: int(count[0])
            for kind, cell in self._columns
            if kind in ("refused", "granted") and (count := re.match(r"\d+(?![\d.,])", cell.text))
        }
        if "refused" in counts:
            return counts["refused"] > 0
        return counts["granted"] == 0 if "granted" in counts else None

    @property
    def _taken_back(self) -> bool:
        first = next((cell for cell in _cells(self.lines[0]) if _is_amount(cell)), None)
        charge = self._money.get("charged", first)
        return charge is not None and charge.text.startswith("-")

    @cached_property
    def _unpaid(self) -> bool | None:
        """Whether nothing was allowed or paid: each amount beside the charge is nothing, or all of it."""
        if "not_covered" in self._money and not _amount(self._money["not_covered"]):
            return False
        told = [_amount(self._money[kind]) for kind in ("allowed", "paid") if kind in self._money]
        if told:
            return not any(told)
        if "not_covered" in self._money:
            return True
        amounts = [_amount(cell) for cell in _cells(self.lines[0]) if _is_amount(cell)]
        if len(amounts) < _LEAST_AMOUNTS or not amounts[0]:
            return None
        return all(amount in (0, amounts[0]) for amount in amounts) and 0 in amounts

    @cached_property
    def denied_amount(self) -> Stretch | None:
        """What was not covered of it, else all that was charged where nothing was paid."""
        if "not_covered" in self._money:
            return self._money["not_covered"]
        first = next((cell for cell in _cells(self.lines[0]) if _is_amount(cell)), None)
        return self._money.get("charged", first) if self._unpaid else None

    @property
    def remark(self) -> Stretch | None:
        """A sentence of its own below the line: "Denied: this treatment is considered experimental"."""
        for line in self.lines[1:]:
            denied = "|".join(load("letter/claim_lines.yaml")["denied"])
            told = re.match(rf"(?:{denied})\s*[:-]\s+", line.text, re.IGNORECASE)
            if told is not None:
                return Stretch(line.page, line.start + told.end(), self.lines[-1].end)
        return None

    @property
    def note_keys(self) -> list[str]:
        """What the line refers to in the notes: its codes, else the marks in its column of notes."""
        if self.denial_codes:
            return [code.text for code in self.denial_codes]
        keys = [key for key in re.split(r"[,;\s]+", _cells(self.lines[0])[-1].text) if key]
        return keys if all(_NOTE_KEY.fullmatch(key) for key in keys) else []


def settles(code: str) -> bool:
    """Whether an adjustment only settles a price or the patient's share, and denies nothing."""
    match = _GROUPED.match(code)
    return (match["code"] if match else code) in load("letter/claim_lines.yaml")["settles"]


def claim_lines(letter: Sequence[Paragraph]) -> list[ClaimLine]:
    """The lines of every table of services in a letter, in reading order."""
    return _tables(letter)[0]


def table_lines(letter: Sequence[Paragraph]) -> frozenset[tuple[int, int]]:
    """Page and start of every line of such tables, titles too: no label stands in them."""
    return _tables(letter)[1]


def _tables(letter: Sequence[Paragraph]) -> tuple[list[ClaimLine], frozenset[tuple[int, int]]]:
    lines = [line for paragraph in letter for line in paragraph.lines]
    found: list[ClaimLine] = []
    within: set[tuple[int, int]] = set()
    at = 0
    while at < len(lines):
        head, height = _head(lines[at : at + _HEADER_LINES])
        rows, read = _rows(lines[at + height :], head) if head else ([], 1)
        found += rows
        if rows:
            within |= {(line.page.number, line.start) for line in lines[at : at + height + read]}
        at += height + read
    return found, frozenset(within)


def _cells(line: Line) -> list[Stretch]:
    """The cells of a line, which two spaces or a rule part."""
    return [line.part(*match.span()) for match in re.finditer(r"[^\s|\u2502]+(?: [^\s|\u2502]+)*", line.text)]


def _is_rule(line: Line) -> bool:
    return not re.search(r"\w", line.text)


def _head(lines: Sequence[Line]) -> tuple[_Head | None, int]:
    """The head of a table that begins here, its titles over one to four lines, and how many lines it takes."""
    best: tuple[_Head | None, int] = (None, 0)
    titles: list[str] = []
    for height, line in enumerate(lines, start=1):
        if not _is_rule(line):
            if not _is_title_line(line) or (not titles and len(_cells(line)) < 3):
                break
            titles += [cell.text for cell in _cells(line)]
        kinds = tuple(_kind(title) for title in titles)
        if {"service", "code", "date"} & set(kinds) and {*_DECIDING, *_MONEY} & set(kinds):
            best = _Head(kinds, len(titles) == len(_cells(lines[0])), any("?" in title for title in titles)), height
    return best


def _is_title_line(line: Line) -> bool:
    cells = _cells(line)
    return not re.search(r"\d|:\s", line.text) and all(len(cell.text) < _LONG_TITLE for cell in cells)


@cache
def _kinds() -> list[tuple[str, re.Pattern[str]]]:
    return [(kind, pattern("|".join(words))) for kind, words in load("letter/claim_lines.yaml")["columns"].items()]


def _kind(title: str) -> str:
    return next((kind for kind, words in _kinds() if words.search(title)), "other")


@cache
def _words(name: str) -> re.Pattern[str]:
    return pattern(rf"(?:{'|'.join(load('letter/claim_lines.yaml')[name])})\b")


def _decides(text: str) -> str | None:
    """`denied` or `granted` where a cell begins with a word of decision."""
    return next((name for name in ("denied", "granted") if _words(name).match(text)), None)


def _is_amount(cell: Stretch) -> bool:
    return re.fullmatch(r"-?\$?\s?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d\d", cell.text) is not None


def _amount(cell: Stretch) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", cell.text))


def _rows(lines: Sequence[Line], head: _Head) -> tuple[list[ClaimLine], int]:
    """The rows below a head, each with the lines that carry it on, and how many lines were read."""
    rows: list[list[Line]] = []
    read = 0
    for line in lines:
        if _words("total").match(line.text):
            break
        if rows and _completes(rows[-1], line, head):
            rows[-1].append(line)
        elif _is_row(line, head) or (rows and _begins_as(rows[-1][0], line)):
            rows.append([line])
        elif rows and not _is_rule(line) and _carries_on(rows[-1][-1], line):
            rows[-1].append(line)
        elif not _is_rule(line):
            break
        read += 1
    return [ClaimLine(tuple(row), head) for row in rows], read


def _is_row(line: Line, head: _Head) -> bool:
    cells = _cells(line)
    made = ClaimLine((line,), head)
    told = made._refused is not None or any(
        _decides(cell.text) or made._answers(cell.text) is not None for cell in cells
    )
    return len(cells) > 1 and bool(made.codes or made.service) and (told or any(map(_is_amount, cells)))


def _completes(row: Sequence[Line], line: Line, head: _Head) -> bool:
    """Whether a line holds the decision of the row above, whose service is named over two lines."""
    opened = len(row) == 1 and not _is_row(row[0], head) and _is_row(line, head)
    return opened and _carries_on(row[0], line) and not _CODE.match(line.text)


def _begins_as(first: Line, line: Line) -> bool:
    """Whether a line without a decision opens a row of its own: with a code and a name, as the row above does."""
    return bool(_CODE.match(first.text) and _CODE.match(line.text)) and len(_cells(line)) > 1


def _carries_on(above: Line, line: Line) -> bool:
    """Whether a line stands directly below: codes, the rest of a name, or a remark."""
    return above.page is line.page and above.page.text[above.end : line.start].count("\n") == 1


def note(letter: Sequence[Paragraph], key: str) -> Stretch | None:
    """The words that explain a code or a mark of a table: they follow it on its line, and on those that carry it on."""
    lines = [line for paragraph in letter for line in paragraph.lines]
    for at, line in enumerate(lines):
        others = rf"(?:[,;/]\s?(?:{REMITTANCE_CODE.pattern})){{0,4}}" if REMITTANCE_CODE.fullmatch(key) else ""
        apart = r"\s*[-\u2013:=.)]\s*|\s{2,}" + (r"|\s(?=[A-Z][a-z]*\s)" if others else "")
        match = re.match(rf"(?:NOTE\s+)?{re.escape(key)}\b{others}(?:{apart})(?=[A-Za-z].*[a-zA-Z]{{3}})", line.text)
        if match is None or len(line.text) - match.end() < len("xx xx xx"):
            continue
        start, end = line.start + match.end(), line.end
        for following in lines[at + 1 :]:
            gap = line.page.text[end : following.start]
            if following.page is not line.page or gap.count("\n") != 1 or _begins_note(following):
                break
            end = following.end
        return Stretch(line.page, start, end)
    return _note_within(letter, key) if REMITTANCE_CODE.fullmatch(key) else None


def _note_within(letter: Sequence[Paragraph], key: str) -> Stretch | None:
    """What explains a code in a run of such notes: "CO-45: above the rate. CO-50: not medically necessary."."""
    for paragraph in letter:
        run = [*re.finditer(rf"(?<![\w-])(?P<code>{REMITTANCE_CODE.pattern})\s*[:=]\s+", paragraph.text)]
        for at, one in enumerate(run):
            if one["code"] == key:
                return paragraph.part(one.end(), run[at + 1].start() if at + 1 < len(run) else len(paragraph.text))
    return None


def _begins_note(line: Line) -> bool:
    return (
        re.match(rf"(?:{_NOTE_KEY.pattern}|{REMITTANCE_CODE.pattern})(?:\s*[-\u2013:=.)]|\s{{2,}})\s*[A-Z]", line.text)
        is not None
    )


def approved_codes(lines: Sequence[ClaimLine]) -> frozenset[str]:
    """Codes that stand on granted lines and on no denied one: they are no part of the denial."""
    granted = {code.text for line in lines if line.denied is False for code in line.codes}
    return frozenset(granted - {code.text for line in lines if line.denied for code in line.codes})


def denied_lines(lines: Sequence[ClaimLine]) -> list[ClaimLine]:
    """The lines that make the case: those denied, else those for which nothing is paid since another bears them."""
    return [line for line in lines if line.denied] or [line for line in lines if line.is_bundled]


def is_denied_claim(letter: Sequence[Paragraph]) -> bool:
    """Whether a remittance states the denial of the claim as a whole."""
    return any(_words("denied_claim").match(line.text) for paragraph in letter for line in paragraph.lines)
