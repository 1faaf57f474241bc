"""What stands on the papers: letters, notes, remittances and cover sheets, as blocks that any format can show."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from benchmarks.inbox_files.cases import Denial, table
from benchmarks.inbox_files.truth import Person

SYNTHETIC = "Synthetic sample - not a real patient, plan or provider"
_AWAY = re.compile(r"\{-(\d+)\}")
_DATES = ("%m/%d/%Y", "%m/%d/%Y", "%B %-d, %Y", "%b %-d, %Y", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a paper: title, head, text, small, pairs, lines, item, grid or a new page."""

    kind: str
    words: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    form: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. `person` is the label of whom it is about."""

    of: str
    person: str | None
    blocks: tuple[Block, ...]
    stamp: str = ""  # what a fax machine prints over each page
    stamped_from: int = 0  # pages of the same fax before it


PAGE = Block("page")
BLANK = Paper("blank", None, ())


class Hand:
    """How one office writes: its way with dates and names, kept through a paper."""

    def __init__(self, rng: random.Random, anchor: date) -> None:
        self._form = rng.choice(_DATES)
        self._anchor = anchor
        self._turned = rng.random()

    def day(self, day: date | str) -> str:
        """A date as this office writes it."""
        return (date.fromisoformat(day) if isinstance(day, str) else day).strftime(self._form)

    def birth(self, person: Person) -> str:
        """A birth date: in figures, as forms have it."""
        born = date.fromisoformat(person.birth_date)
        return born.strftime("%m/%d/%Y") if self._turned < 0.7 else self.day(born)

    def name(self, person: Person) -> str:
        """A name as forms have it: as spoken, in capitals, or the family name first."""
        *given, last = person.name.split()
        if self._turned < 0.6:
            return person.name
        return person.name.upper() if self._turned < 0.75 else f"{last}, {' '.join(given)}"

    def dated(self, words: str) -> str:
        """The words with their days filled in, counted back from the letter's date."""
        return _AWAY.sub(lambda away: self.day(self._anchor - timedelta(days=int(away[1]))), words)


def letter(case: Denial, seed: str) -> Paper:
    """The denial letter of a case. The same seed, the same letter."""
    rng = random.Random(seed)
    style = table("payers")["styles"][case.payer["style"]]
    hand = Hand(rng, case.day)
    filled = _Filled(case, hand)
    blocks = _letterhead(case, rng)
    if title := rng.choice(style["title"]):
        blocks.append(Block("title", title))
    if "before" in style:
        blocks.append(Block("text", style["before"]))
    blocks += _fields(style, filled, rng)
    blocks.append(Block("text", filled(style["opening"])))
    blocks += _why(style, filled)
    if case.truth.denied_amount:
        amount, when = f"${float(case.truth.denied_amount):,.2f}", hand.day(case.truth.service_dates[0])
        blocks.append(Block("text", f"The service was given on {when}. Amount not covered: {amount}"))
    if rng.random() < 0.35:
        blocks.append(PAGE)
        number = case.truth.reference_number or case.truth.claim_number
        blocks += [Block("small", f"{case.person.name}  |  {number}  |  page 2")] if rng.random() < 0.6 else []
    head, *rights = style["rights"]
    blocks += [Block("head", head), *(Block("text", filled(words)) for words in rights)]
    blocks.append(Block("lines", rows=_where(case, rng)))
    return Paper("letter", case.person.label, tuple(blocks))


class _Filled:
    """Fills a letter's wordings from its case."""

    def __init__(self, case: Denial, hand: Hand) -> None:
        truth = case.truth
        self._hand = hand
        self.values = {
            "name": case.person.name,
            "birth": hand.birth(case.person),
            "date": hand.day(truth.letter_date),
            "member_id": truth.member_id,
            "claim": truth.claim_number,
            "reference": truth.reference_number,
            "service": truth.service,
            "service_date": " ".join(map(hand.day, truth.service_dates)),
            "codes": truth.procedure_codes[0],
            "code": case.code_word,
            "icd": truth.diagnosis_codes[0],
            "provider": case.provider,
            "payer": truth.payer,
            "policy": case.story["policy"],
            "reason": case.story["reason"],
        }
        self.criteria: Sequence[str] = case.story["criteria"]

    def __call__(self, words: str) -> str:
        return self._hand.dated(words).format_map(self.values)


def _letterhead(case: Denial, rng: random.Random) -> list[Block]:
    address = ((f"P.O. Box {rng.randint(1000, 99000)}, {case.payer['city']}",),)
    if (manager := case.payer.get("letterhead")) is None:
        return [Block("title", case.truth.payer), Block("lines", rows=address)]
    for_whom = ((f"Administering drug benefits for {case.truth.payer}",), *address)
    return [Block("title", manager), Block("lines", rows=for_whom)]


def _where(case: Denial, rng: random.Random) -> tuple[tuple[str, ...], ...]:
    area = f"({rng.randint(201, 989)}) 555-01"
    return (
        (f"Mail: {case.truth.payer}, Appeals, P.O. Box {rng.randint(1000, 99000)}, {case.payer['city']}",),
        (f"Fax: {area}{rng.randint(10, 99)}",),
        (f"Phone: {area}{rng.randint(10, 99)}   TTY: 711",),
    )


def _fields(style: dict[str, Any], filled: _Filled, rng: random.Random) -> list[Block]:
    rows: list[tuple[str, str]] = []
    lone: list[Block] = []
    for field, labels in style["fields"].items():
        value, chosen = filled.values[field], rng.choice(labels)
        if value and chosen:
            rows.append((chosen, value))
        elif value:
            lone.append(Block("text", value))
    form = "dotted" if style.get("dotted") else "boxed" if style.get("boxed") else ""
    if style["columns"] == 2:
        rows = [row for row in rows if row[0] not in ("Service", "Service requested")] + [
            row for row in rows if row[0] in ("Service", "Service requested")
        ]
        pairs = [(*one, *other) for one, other in zip(rows[::2], [*rows[1::2], ("", "")], strict=False)]
        return [*lone, Block("pairs", rows=tuple(pairs), form=form)]
    return [*lone, Block("pairs", rows=tuple(rows), form=form)]


def _why(style: dict[str, Any], filled: _Filled) -> list[Block]:
    why = [Block("head", style["why"])] if style["why"] else []
    why += [Block("text", filled(style["denial"])), Block("text", filled(style["source"]))]
    why.append(Block("text", style["criteria"]))
    return [*why, *(Block("item", words, form=f"{number}.") for number, words in enumerate(filled.criteria, 1))]


def notes_of(case: Denial) -> list[dict[str, Any]]:
    """The notes that the case's story has, then those of any chart, without end but for their number."""
    return [*case.story["notes"], *table("stories")["more"]]


def note(case: Denial, told: dict[str, Any], seed: str, nameless: bool = False) -> Paper:
    """A clinical note of a case's story, with the patient's name and birth date at its head unless it is nameless."""
    return _note(case.person, told, seed, (case.day, case.side, case.clinic), nameless)


def strangers_note(person: Person, day: date, seed: str, nameless: bool = False) -> Paper:
    """A note of somebody of whom no letter came."""
    rng = random.Random(seed)
    story = rng.choice(table("stories")["stories"])
    where = (day, rng.choice(("left", "right")), rng.choice(table("people")["clinics"]))
    return _note(person, rng.choice(story["notes"]), seed, where, nameless)


def _note(person: Person, told: dict[str, Any], seed: str, where: tuple[date, str, str], nameless: bool) -> Paper:
    rng = random.Random(seed)
    anchor, side, clinic = where
    hand = Hand(rng, anchor)
    day = hand.day(anchor - timedelta(days=told["before"]))
    who = [
        (rng.choice(("Patient", "Patient Name", "Patient")), hand.name(person)),
        (rng.choice(("DOB", "Date of Birth")), hand.birth(person)),
    ]
    if rng.random() < 0.5:
        who.append(("MRN", f"{random.Random(person.label).randint(10000, 99999)}-{person.label[1:]}"))
    rows = [*([] if nameless else who), (rng.choice(("Date of visit", "Visit date", "Date of service")), day)]
    clinician = random.Random(clinic + told["by"]).choice(table("people")["clinicians"]) + ", " + told["by"]
    rows.append(("Provider", clinician))
    blocks = [Block("title", clinic), Block("head", told["title"]), Block("pairs", rows=tuple(rows))]
    for head, words in told["parts"].items():
        text = hand.dated(words.replace("{side}", side).replace("{Side}", side.capitalize()))
        blocks += [Block("head", head), Block("text", text)]
    blocks.append(Block("text", f"Electronically signed by {clinician}, {day}"))
    return Paper("nameless note" if nameless else "note", person.label, tuple(blocks))


def remittance(case: Denial, seed: str) -> Paper:
    """The explanation of payment of the denied claim."""
    rng = random.Random(seed)
    hand = Hand(rng, case.day)
    truth = case.truth
    amount = f"{float(truth.denied_amount or 0):,.2f}"
    rows = (
        ("Patient", hand.name(case.person), "Date of Birth", hand.birth(case.person)),
        ("Member ID", truth.member_id, "Claim Number", truth.claim_number or ""),
        ("Payment Date", hand.day(truth.letter_date), "Check/EFT", f"EFT {rng.randint(10**8, 10**9)}"),
    )
    lines = (
        ("Service date", "Code", "Billed", "Allowed", "Not covered", "Paid", "Remarks"),
        (hand.day(truth.service_dates[0]), truth.procedure_codes[0], amount, "0.00", amount, "0.00", "CO-50 N115"),
    )
    return _remittance(truth.payer, case.person, rows, lines, ("CO-50: not deemed a medical necessity by the payer.",))


def paid(person: Person, day: date, seed: str) -> Paper:
    """An explanation of a payment that was made in full, to somebody of whom no letter came."""
    rng = random.Random(seed)
    hand = Hand(rng, day)
    amount = f"{rng.randint(90, 900)}.{rng.randint(0, 99):02}"
    rows = (
        ("Patient", hand.name(person), "Date of Birth", hand.birth(person)),
        ("Member ID", person.member_id, "Claim Number", f"26{rng.randint(10**9, 10**10)}"),
    )
    lines = (
        ("Service date", "Code", "Billed", "Allowed", "Paid"),
        (hand.day(day - timedelta(days=20)), "99213", amount, amount, amount),
    )
    return _remittance(rng.choice(table("payers")["payers"])["name"], person, rows, lines, ("Paid in full.",))


def _remittance(
    payer: str, person: Person, rows: Sequence[tuple[str, ...]], lines: Sequence[tuple[str, ...]], said: Sequence[str]
) -> Paper:
    blocks = (
        Block("title", payer),
        Block("title", "Explanation of Payment"),
        Block("pairs", rows=tuple(rows)),
        Block("grid", rows=tuple(lines)),
        *(Block("text", words) for words in said),
        Block("small", "This is not a bill."),
    )
    return Paper("remittance", person.label, blocks)


def cover(clinic: str, payer: str, day: date, pages: int, seed: str) -> Paper:
    """A fax cover sheet, which names nobody who is ill."""
    rng = random.Random(seed)
    number = f"({rng.randint(201, 989)}) 555-01"
    rows = (
        ("To:", clinic, "From:", payer),
        ("Fax:", f"{number}{rng.randint(10, 99)}", "Fax:", f"{number}{rng.randint(10, 99)}"),
        ("Date:", day.strftime("%m/%d/%Y"), "Pages:", f"{pages}, with this cover sheet"),
    )
    secret = "CONFIDENTIALITY NOTICE: This fax may hold health information that is private by law. If you received it "
    secret += "in error, call the sender at once and destroy all copies."
    return Paper("cover", None, (Block("title", "FAX COVER SHEET"), Block("pairs", rows=rows), Block("small", secret)))


def advertisement(seed: str) -> Paper:
    """What else comes by fax."""
    rng = random.Random(seed)
    things = rng.choice(("toner cartridges", "exam table paper", "office plants", "a billing software demonstration"))
    blocks = (
        Block("title", "SPECIAL OFFER FOR YOUR OFFICE"),
        Block("text", f"Order {things} before the end of the month and save {rng.randint(10, 60)} percent."),
        Block("text", f"Call ({rng.randint(201, 989)}) 555-01{rng.randint(10, 99)}. To be taken off this list, call."),
    )
    return Paper("junk", None, blocks)
