"""Damaged files against every parser: `python benchmarks/fuzz.py [MINUTES]`, ten by default, on two cores.

Files of every kind are cut, spliced and changed at random, from fixed seeds, and opened, unpacked and read up to where
OCR would begin. Whatever happens must be an AppealwrightError. What else is raised, what hangs, and what ends the
process is printed with its seed; in the program the worker's death is a Failure of that file.
"""

import multiprocessing
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from PIL import Image

from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, SourceFile, find_files
from pipeline.ingest._kind import open_file
from pipeline.ingest.sources import read_bytes
from pipeline.ingest.unpack import unpack

ROOT = Path(__file__).parent.parent
LIMITS = Limits(max_unpacked_bytes=50_000_000, max_pixels=20_000_000, page_timeout=20)
HANGING = 60  # seconds
LANES = 2
CONTEXT = multiprocessing.get_context("spawn")
NUMBERS = (b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"0", b"-1", b"999999999", b"<", b"{", b"\\")

HTML = (
    b"<html><head><style>.x{display:none}</style></head><body><h1>Denial</h1>"
    b"<table><tr><td>Claim<td class=x>C-1</table></html>"
)
RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}\pard Denied on {\b 03/11/2026}\par"
    rb"\trowd\cellx900 A\cell\row\'e9\u8212?}"
)
CCDA = b"""<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>Progress Note</title><recordTarget>
<patientRole><patient><name><given>Ann</given><family>Poe</family></name><birthTime value="19600102"/></patient>
</patientRole></recordTarget><component><structuredBody><component><section><title>Plan</title><text><table><tr><td>
PT</td></tr></table><list><item>MRI</item></list></text></section></component></structuredBody></component>
</ClinicalDocument>"""
FHIR = b"""{"resourceType": "Bundle", "entry": [
{"resource": {"resourceType": "Patient", "name": [{"family": "Poe"}]}},
{"resource": {"resourceType": "DocumentReference", "content": [
{"attachment": {"contentType": "text/plain", "data": "RGVuaWVk"}}]}}]}"""


def seeds() -> list[bytes]:
    """A sound file of every kind."""
    files = [path.read_bytes() for path in sorted((ROOT / "samples").glob("*/*.*")) if path.suffix != ".py"]
    files += [HTML, RTF, CCDA, FHIR]
    files += [path.read_bytes() for path in sorted((ROOT / "tests" / "fixtures" / "x12").glob("*_*.txt"))]
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"):
        out = BytesIO()
        Image.effect_noise((64, 48), 60).convert("L").save(out, kind)
        files.append(out.getvalue())
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "billing@clinic.example", "Denial"
    mail.set_content("See the letter.")
    mail.add_alternative(HTML.decode(), subtype="html")
    mail.add_attachment(RTF, maintype="application", subtype="rtf", filename="letter.rtf")
    archive = BytesIO()
    with ZipFile(archive, "w") as folder:
        folder.writestr("mail.eml", mail.as_bytes())
        folder.writestr("note.txt", "Pain 7/10.")
    return [*files, mail.as_bytes(), archive.getvalue(), _outlook()]


def _outlook() -> bytes:
    sys.path.insert(0, str(ROOT / "tests" / "ingest"))
    from outlook_maker import compound, message

    made: bytes = compound(message({0x37: "Denial", 0x1000: "See the letter."}))
    return made


def damaged(files: list[bytes], rng: random.Random) -> bytes:
    """One of the files after one to twelve changes."""
    data = bytearray(rng.choice(files))
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(data) + 1)
        upto = min(len(data), at + rng.choice((1, 4, 40, 400)))
        change = rng.randrange(6)
        if change == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif change == 1:
            data[at:upto] = rng.choice(NUMBERS)
        elif change == 2:
            del data[at:upto]
        elif change == 3:
            data[at:at] = data[at:upto] * rng.randint(1, 20)
        elif change == 4:
            other = rng.choice(files)
            start = rng.randrange(len(other))
            data[at:upto] = other[start : start + rng.choice((8, 80, 800))]
        elif rng.random() < 0.3:
            del data[at:]
    return bytes(data)


def read(source: SourceFile) -> None:
    """Unpack the file and read every page of all that it holds."""
    for member in unpack(source, LIMITS).sources:
        try:
            opened = open_file(member.name, read_bytes(member, LIMITS), LIMITS)
        except AppealwrightError:
            continue
        try:
            for number in range(1, min(opened.count, 20) + 1):
                try:
                    opened.read(number)
                    opened.picture(number, 40)
                except AppealwrightError:
                    continue
        finally:
            opened.close()


@dataclass
class Lane:
    """A process that reads damaged files; `at` is the seed of the file it reads now."""

    first: int
    until: float
    found: Any
    at: Any
    process: Any = None
    deaths: list[str] = field(default_factory=list)

    def keep_going(self) -> None:
        """Start the process, again behind the file that ended it."""
        if self.process is not None and self.process.is_alive():
            return
        if self.process is not None and self.process.exitcode:
            self.deaths.append(f"{signal.Signals(-self.process.exitcode).name} (seed {self.at.value})")
            self.first = self.at.value + LANES
        self.process = CONTEXT.Process(target=work, args=(self.first, self.until, self.at, self.found))
        self.process.start()


def work(first: int, until: float, at: Any, found: Any) -> None:
    """Read damaged files of the seeds `first`, `first` + LANES, ... until the time is up."""
    files = seeds()
    path = Path(tempfile.mkdtemp()) / "file"
    for seed in range(first, 2**31, LANES):
        if time.monotonic() > until:
            return
        at.value = seed
        signal.alarm(HANGING)
        path.write_bytes(damaged(files, random.Random(seed)))
        try:
            read(find_files([path])[0])
        except Exception as error:
            found.append(f"{type(error).__name__} (seed {seed})")


def main() -> None:
    """Fuzz, and print what was found."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    until = time.monotonic() + 60 * minutes
    found = CONTEXT.Manager().list()
    lanes = [Lane(lane, until, found, CONTEXT.Value("q", lane)) for lane in range(LANES)]
    while time.monotonic() < until:
        for lane in lanes:
            lane.keep_going()
        time.sleep(0.5)
    for lane in lanes:
        lane.process.join(HANGING)
    deaths = [death for lane in lanes for death in lane.deaths]
    print(f"{sum(lane.at.value // LANES for lane in lanes)} damaged files in {minutes:g} minutes")
    print(f"raised, not as an AppealwrightError: {len(found)}", *sorted(found)[:20], sep="\n  ")
    print(f"ended or hung the process: {len(deaths)}", *deaths[:20], sep="\n  ")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
