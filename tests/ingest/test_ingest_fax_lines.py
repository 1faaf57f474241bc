"""Fax headers and stamps are told from what the author wrote."""

from dataclasses import dataclass

import pytest

from pipeline.ingest.layout.fax_lines import fax_lines
from schemas.document import Box, MarkKind, Word

BODY = "March 14, 2026\n\nDear Ms. Alvarez,\nThe request received on 03/02/2026 is denied.\n"


@dataclass(frozen=True)
class Sheet:
    """Lines at heights of the page; words are as wide as their letters."""

    text: str
    words: tuple[Word, ...] = ()


def _sheet(*lines: tuple[float, str], left: float = 0.1) -> Sheet:
    text, words = "", []
    for top, line in lines:
        at = 0
        for word in line.split():
            at = line.index(word, at)
            start = len(text) + at
            box = Box(left + 0.01 * at, top, left + 0.01 * (at + len(word)), top + 0.012)
            words.append(Word(start, start + len(word), box))
            at += len(word)
        text += line + "\n"
    return Sheet(text, tuple(words))


def _found(sheet: Sheet) -> list[tuple[MarkKind, str]]:
    return [(mark.kind, sheet.text[mark.start : mark.end]) for mark in fax_lines(sheet)]


HEADERS = (
    "03/14/2026 10:22 AM FROM: Juniper Clinic TO: 8005550142 PAGE 002/007",
    "03/12/2026 08:14 FROM: 8005551212 P.003/007",
    "Mar 14 26 10:22a   Juniper Clinic   503-555-0142   p.2",
    "MAR-14-2026 10:22 FROM-JUNIPER CLINIC   503 555 0142   T-123 P0002/0007 F-456",
    "Received Fax Mar 14 2026 10:22AM Fax Station : JUNIPER   p.2",
    "3/14/2026 10:22:33 AM -0500 RIGHTFAX PAGE 2 OF 7",
    "Fax Server 3/14/2026 10:22:33 AM PAGE 2/007 Fax Server",
    "To: Appeals Page: 2 of 7 2026-03-14 15:22:07 GMT 15035550142 From: Juniper Clinic",
    "03-14-'26 10:22 FROM-  T-123 P.02/07",
    "2026-03-14 10:22   Juniper Clinic -> 18005551212   pg 2 of 7",
    "March 14, 2026 at 10:22:33 AM EDT   8005551212   62   7   Received",
    "TIME RECEIVED   REMOTE CSID   DURATION   PAGES   STATUS",
)
OTHERS = (
    "March 14, 2026",
    "Encounter Date: 03/14/2026 10:22 AM   Page 1 of 3",
    "Printed by Rowe, A. on 03/14/2026 10:22 AM   Page 1 of 3",
    "From: Rowe To: Alvarez Sent: March 14, 2026 10:22 AM",
    "Phone: (503) 555-0142   Fax: (503) 555-0143   Page 1 of 2",
    "Hours: 8:00 AM to 5:00 PM   Fax (503) 555-0143   Page 1 of 2",
    "Fax appeals to (503) 555-0143 by 05/13/2026.",
    "Claim 2026-000123   Date of Notice 03/14/2026   Page 1 of 2",
    "3/14/26, 10:22 AM   Notice of denial",
    "Peer-to-peer: call before 03/20/2026 5:00 PM, (503) 555-0142",
)


@pytest.mark.parametrize("line", HEADERS)
def test_a_fax_header_at_the_edge_is_marked_whole(line: str) -> None:
    assert _found(_sheet((0.01, line), (0.1, "Notice of Denial"), (0.3, "March 14, 2026"))) == [
        (MarkKind.FAX_HEADER, line)
    ]
    assert _found(_sheet((0.1, "Notice of Denial"), (0.3, "March 14, 2026"), (0.975, line))) == [
        (MarkKind.FAX_HEADER, line)
    ]


@pytest.mark.parametrize("line", HEADERS)
def test_the_same_words_in_the_body_are_the_authors(line: str) -> None:
    assert _found(_sheet((0.05, "Notice"), (0.1, "Notice of Denial"), (0.3, line), (0.9, "Yours"), (0.95, "us"))) == []


@pytest.mark.parametrize("line", OTHERS)
def test_an_authors_first_or_last_line_is_no_fax_header(line: str) -> None:
    assert _found(_sheet((0.02, line), (0.1, "Notice of Denial"), (0.3, "Dear"), (0.97, line))) == []


def test_without_paper_the_first_and_last_lines_are_the_edge() -> None:
    sheet = Sheet(f"{HEADERS[0]}\n{BODY}")
    assert _found(sheet) == [(MarkKind.FAX_HEADER, HEADERS[0])]
    assert _found(Sheet(f"Notice\nof\n{HEADERS[0]}\n{BODY}")) == []


@pytest.mark.parametrize(
    "stamp",
    [
        "RECEIVED MAR 16 2026",
        "RECEIVED 03/16/2026 10:41 AM",
        "REC'D 16 MAR 2026",
        "RECEIVED BY MAILROOM 03/16/26",
        "SCANNED",
        "SCANNED: 03/16/2026",
        "FAXED 3/16/26 10:41 AM",
        "COPY",
        "ARCHIVE COPY 03/20/2026",
        "REPRINTED 03/20/2026",
    ],
)
def test_a_stamp_is_marked_beside_the_letter(stamp: str) -> None:
    sheet = _sheet((0.1, f"Juniper Ridge   {stamp}"), (0.2, "March 14, 2026"), (0.3, "Dear Ms. Alvarez,"))
    assert _found(sheet) == [(MarkKind.STAMP, stamp)]


def test_the_lines_of_a_stamp_belong_together() -> None:
    sheet = _sheet(
        (0.10, "Juniper Ridge     RECEIVED"),
        (0.115, "P.O. Box 30432    MAR 16 2026"),
        (0.13, "Portland, OR      MAILROOM"),
        (0.2, "March 14, 2026"),
    )
    assert [text for _, text in _found(sheet)] == ["RECEIVED", "MAR 16 2026", "MAILROOM"]


@pytest.mark.parametrize(
    "lines",
    [
        ((0.1, "RECEIVED   03/02/2026"),),
        ((0.1, "Received March 2, 2026"),),
        ((0.1, "RECEIVED: 03/02/2026"),),
        ((0.1, "Date Received: 03/02/2026"),),
        ((0.1, "SERVICE     RECEIVED      PAID"), (0.115, "99213       03/02/2026    $12.00")),
        ((0.1, "RECEIVED"), (0.115, "03/02/2026"), (0.118, "03/03/2026"), (0.12, "03/04/2026")),
        ((0.1, "COPY"), (0.2, "March 14, 2026")),
        ((0.1, "We received a copy of the records on 03/02/2026"),),
    ],
)
def test_a_label_a_table_and_prose_are_no_stamps(lines: tuple[tuple[float, str], ...]) -> None:
    assert [text for _, text in _found(_sheet(*lines)) if any(c.isdigit() for c in text)] == []


def test_a_bates_number_is_a_stamp_at_the_bottom_only() -> None:
    assert _found(_sheet((0.1, "Notice"), (0.96, "JRBA 0000123"))) == [(MarkKind.STAMP, "JRBA 0000123")]
    assert _found(_sheet((0.1, "JRBA 0000123"), (0.5, "Notice"))) == []
    assert _found(_sheet((0.1, "Notice"), (0.96, "CLM-0000123"))) == []


def test_hostile_lines_take_no_time() -> None:
    for line in ("0" * 20_000, "1/" * 10_000, "MAR " * 5_000, "P " * 10_000, "RECEIVED " * 3_000, "A" * 20_000 + "0"):
        assert _found(Sheet(f"{line}\n")) == []
