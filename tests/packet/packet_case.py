"""A case made by hand with its files: what is bound is small enough to see."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
from reportlab.pdfgen.canvas import Canvas

from pipeline.packet import Packet, PacketOrder, make_packet
from pipeline.seals import seals
from schemas.case import Case, DocumentRecord, InputRecord, PageRecord, Provenance
from schemas.coverage import Coverage, Deadline
from schemas.denial import AppealChannel, Denial
from schemas.document import Origin, Page, Role, Whose
from schemas.letter import Exhibit, Letter
from schemas.span import Cited

NOTICE = "Orchard Valley Health Plan\nElena Rivera\nClaim #: CLM-2026-201887\nFax: 555-0142"
OTHERS = "Terrence Quillfeather"


def pdf(*pages: str, size: tuple[float, float] = (612, 792), top: float = 60) -> bytes:
    """Each text on a page of its own, from `top` points below the upper edge."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1)
    for text in pages:
        canvas.setFont("Helvetica", 11)
        for n, line in enumerate(text.splitlines()):
            canvas.drawString(60, size[1] - top - n * 16, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


LETTER = pdf("The notice [Ex. A, p. 1] and the\nrecord [Ex. A, p. 1; Ex. B, p. 1] agree.")


@dataclass
class Doc:
    """A document of the case: the file it is in, and of each page its place in the file, its text and its turn."""

    file: str
    pages: Sequence[tuple[int, str]] = ((1, "A page."),)
    patient: Whose = Whose.OURS
    set_aside: bool = False
    turn: int = 0
    sha256: str = ""


@dataclass
class Made:
    """A case in its folder, with the files it was worked from beside it. The notice is always Ex. A."""

    folder: Path
    docs: list[Doc] = field(default_factory=list)

    @property
    def files(self) -> Path:
        """The folder of the files."""
        return self.folder / "files"

    @property
    def path(self) -> Path:
        """The file of the case."""
        return self.folder / "case" / "case.json"

    def add(self, name: str, data: bytes, *docs: Doc) -> "Made":
        """A file with the documents in it."""
        self.files.mkdir(exist_ok=True)
        (self.files / name).write_bytes(data)
        for doc in docs or (Doc(name),):
            doc.sha256 = doc.sha256 or hashlib.sha256(data).hexdigest()
            self.docs.append(doc)
        return self

    def write(self, *exhibits: Exhibit) -> "Made":
        """Write the case; its exhibits are every document of its patient, or those given."""
        records = tuple(_record(n, doc) for n, doc in enumerate(self.docs, start=1))
        case = Case(
            case_id="case-1",
            today=date(2026, 3, 2),
            engine="rules",
            complete=False,
            documents=records,
            denial=_denial(records[0].id),
            facts=(),
            coverage=Coverage(deadline=Deadline(basis="unknown")),
            letter=Letter(sections=()),
            exhibits=exhibits or tuple(self._exhibits(records)),
            provenance=Provenance(inputs=(InputRecord(file="letter.pdf", sha256="0"),), engine="rules"),
        )
        case = case.model_copy(update={"provenance": case.provenance.model_copy(update={"seals": seals(case)})})
        (self.path.parent / "pages").mkdir(parents=True, exist_ok=True)
        self.path.write_text(case.model_dump_json(), encoding="utf-8")
        for record, doc in zip(records, self.docs, strict=True):
            for page, (_, text) in zip(record.pages, doc.pages, strict=True):
                (self.path.parent / page.text_file).write_text(text, encoding="utf-8")
        (self.folder / "letter.pdf").write_bytes(LETTER)
        return self

    def _exhibits(self, records: Sequence[DocumentRecord]) -> list[Exhibit]:
        ours = [
            (record, doc)
            for record, doc in zip(records, self.docs, strict=True)
            if doc.patient is not Whose.OTHER and not doc.set_aside
        ]
        return [
            Exhibit(
                label="ABCDEFG"[n],
                document=record.id,
                pages=tuple(page.number for page in record.pages),
                title=f"Record ({doc.file})",
            )
            for n, (record, doc) in enumerate(ours)
        ]

    def bind(self, **asked: object) -> Packet:
        """The packet, with the letter of this module unless another is asked for."""
        order = PacketOrder(**{"letter": self.folder / "letter.pdf", **asked})  # type and value of each as asked
        return make_packet(self.path, [self.files], order)


def noticed(folder: Path) -> Made:
    """A case that has its notice."""
    return Made(folder).add("notice.pdf", pdf(NOTICE), Doc("notice.pdf", [(1, NOTICE)]))


def _record(n: int, doc: Doc) -> DocumentRecord:
    pages = tuple(
        PageRecord(
            number=number,
            file_page=file_page,
            origin=Origin.TEXT,
            confidence=1,
            rotation=doc.turn,
            text_file=f"pages/d{n}-{number}.txt",
        )
        for number, (file_page, _) in enumerate(doc.pages, start=1)
    )
    return DocumentRecord(
        id=f"d{n}",
        file=doc.file,
        sha256=doc.sha256,
        role=Role.DENIAL_LETTER if n == 1 else Role.CLINICAL_NOTE,
        role_reason="said so",
        patient=doc.patient,
        pages=pages,
        set_aside=doc.set_aside,
    )


def _denial(notice: str) -> Denial:
    page = Page(document=notice, number=1, file_page=1, origin=Origin.TEXT, text=NOTICE)

    def cited(words: str) -> Cited[str]:
        start = NOTICE.index(words)
        return Cited(value=words, spans=(page.span(start, start + len(words)),))

    return Denial(
        payer=cited("Orchard Valley Health Plan"),
        patient_name=cited("Elena Rivera"),
        claim_number=cited("CLM-2026-201887"),
        appeal=AppealChannel(fax=cited("555-0142")),
    )


def texts(data: bytes) -> list[str]:
    """The text of each page, on one line."""
    with pdfium.PdfDocument(data) as opened:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in opened]
