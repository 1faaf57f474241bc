"""The samples are what their README says, and their truth adds up."""

import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytesseract
import pytest
from PIL import Image

SAMPLES = Path(__file__).parents[2] / "samples"
CASES = ("knee-replacement", "lumbar-mri", "biologic")
SYNTHETIC = "Synthetic sample - not a real patient, plan or provider"


def truth(case: str) -> dict[str, Any]:
    return json.loads((SAMPLES / "truth" / f"{case}.json").read_text(encoding="utf-8"))


def folded(text: str) -> str:
    return " ".join(text.split())


def pdf_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def docx_text(path: Path) -> str:
    note = docx.Document(str(path))
    body = [paragraph.text for paragraph in note.paragraphs]
    cells = [cell.text for table in note.tables for row in table.rows for cell in row.cells]
    return "\n".join([*body, *cells, *(line.text for line in note.sections[0].footer.paragraphs)])


def text_of(path: Path) -> str:
    readers = {".pdf": pdf_text, ".docx": docx_text}
    return readers.get(path.suffix, lambda file: file.read_text(encoding="utf-8"))(path)


def ocr(image: Image.Image, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")
    return folded(pytesseract.image_to_string(image))


def whole_months(start: date, end: date) -> tuple[int, int]:
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    year, month = divmod(start.month - 1 + months, 12)
    return months, (end - start.replace(year=start.year + year, month=month + 1)).days


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() for case in CASES for path in sorted((folder / case).iterdir())
    }


def test_writing_the_samples_again_gives_the_same_bytes(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, SAMPLES / "make_samples.py", tmp_path], check=True, env=environment)
    written, committed = files_of(tmp_path), files_of(SAMPLES)
    assert written.keys() == committed.keys()
    assert [name for name in committed if written[name] != committed[name]] == []


def test_all_samples_together_stay_under_three_megabytes() -> None:
    assert sum(path.stat().st_size for case in CASES for path in (SAMPLES / case).iterdir()) < 3_000_000


def test_the_knee_denial_has_images_and_no_text() -> None:
    with pypdfium2.PdfDocument(SAMPLES / "knee-replacement" / "denial.pdf") as pdf:
        assert [page.get_textpage().count_chars() for page in pdf] == [0, 0]
        assert [[item.type for item in page.get_objects()] for page in pdf] == [[3], [3]]


def test_the_fax_is_group_four_with_dots_that_are_not_square() -> None:
    with Image.open(SAMPLES / "lumbar-mri" / "fax.tif") as fax:
        assert fax.n_frames == 3
        for frame in range(fax.n_frames):
            fax.seek(frame)
            assert (fax.mode, fax.width, fax.info["compression"]) == ("1", 1728, "group4")
            assert fax.info["dpi"] == (204, 196)


@pytest.mark.parametrize("case", CASES)
def test_every_file_that_holds_text_says_it_is_synthetic(case: str) -> None:
    for path in (SAMPLES / case).iterdir():
        if path.suffix in (".txt", ".docx") or (case == "biologic" and path.suffix == ".pdf"):
            assert SYNTHETIC in text_of(path), path.name


@pytest.mark.parametrize("case", CASES)
def test_the_truth_names_every_file_of_its_case(case: str) -> None:
    named = {document["file"] for document in truth(case)["documents"]}
    assert named == {path.name for path in (SAMPLES / case).iterdir()}


@pytest.mark.parametrize("case", CASES)
def test_every_fact_of_the_truth_stands_in_its_file(case: str) -> None:
    stated = truth(case)
    for fact in stated["facts"] + stated["facts_not_present"]:
        assert folded(fact["quote"]) in folded(text_of(SAMPLES / case / fact["file"])), fact


@pytest.mark.parametrize("case", CASES)
def test_deadlines_are_the_days_counted_from_the_notice(case: str) -> None:
    deadline = truth(case)["coverage"]["deadline"]
    denial = truth(case)["denial"]
    assert deadline["counted"]["from"] == denial["letter_date"]
    assert deadline["counted"]["date_days"] == denial["appeal"]["window"]["n"]
    for which in ("date", "safe", "outer"):
        day = date.fromisoformat(denial["letter_date"]) + timedelta(days=deadline["counted"][f"{which}_days"])
        assert day.isoformat() == deadline[which]
    assert date.fromisoformat(truth(case)["today"]) < date.fromisoformat(deadline["safe"])


def figures(key: str) -> list[tuple[str, dict[str, Any]]]:
    rows = [(case, row) for case in CASES for row in truth(case)["coverage"]["criteria"]]
    return [pytest.param(row, id=f"{case}-{row['number']}") for case, row in rows if key in (row["figure"] or {})]


@pytest.mark.parametrize("row", figures("days"))
def test_a_length_of_treatment_follows_from_its_dates(row: dict[str, Any]) -> None:
    figure = row["figure"]
    start, end = date.fromisoformat(figure["start"]), date.fromisoformat(figure["end"])
    assert figure["days"] == (end - start).days == figure["weeks"] * 7 + figure["odd_days"]
    if "months" in figure:
        assert (figure["months"], figure["odd_days_of_month"]) == whole_months(start, end)
        assert (row["verdict"] == "met") == (figure["months"] >= figure["needed_months"])
    if "needed_weeks" in figure:
        assert (row["verdict"] == "met") == (figure["weeks"] >= figure["needed_weeks"])


@pytest.mark.parametrize("row", figures("needed"))
def test_a_score_or_age_passes_its_threshold(row: dict[str, Any]) -> None:
    figure = row["figure"]
    value = figure.get("value") or whole_months(*(date.fromisoformat(figure[k]) for k in ("birth_date", "on")))[0] // 12
    assert value == figure.get("years", value)
    assert value == sum(figure.get("sum_of", [value]))
    assert row["verdict"] == "met"
    assert value > figure["needed"] if figure["op"] == ">" else value >= figure["needed"]


def test_the_therapy_log_lists_the_visits_that_the_truth_counts() -> None:
    log = text_of(SAMPLES / "knee-replacement" / "physical-therapy.txt")
    visits = re.findall(r"^\d+ +(\d\d)/(\d\d)/(\d{4}) ", log, re.MULTILINE)
    figure = truth("knee-replacement")["coverage"]["criteria"][1]["figure"]
    days = [f"{year}-{month}-{day}" for month, day, year in visits]
    assert (len(days), days[0], days[-1]) == (figure["visits"], figure["start"], figure["end"])
    assert days == sorted(days)


def test_the_text_denial_and_its_policy_print_what_the_truth_says() -> None:
    stated = truth("biologic")
    letter = folded(pdf_text(SAMPLES / "biologic" / "denial.pdf"))
    policy = folded(pdf_text(SAMPLES / "biologic" / "policy.pdf"))
    denial = stated["denial"]
    for name in ("payer", "patient_name", "member_id", "reference_number", "service", "provider", "reason"):
        assert denial[name] in letter
    for name in ("address", "fax", "phone"):
        assert folded(denial["appeal"][name]) in letter
    for words in [row["text"] for row in stated["coverage"]["criteria"]] + stated["coverage"]["criteria_not"]:
        assert words in policy


def test_the_scan_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    denial = truth("knee-replacement")["denial"]
    with pypdfium2.PdfDocument(SAMPLES / "knee-replacement" / "denial.pdf") as pdf:
        first, second = (page.render(scale=300 / 72, grayscale=True).to_pil() for page in pdf)
    text = ocr(first, monkeypatch)
    for name in ("payer", "patient_name", "member_id", "group_number", "reference_number", "service", "reason"):
        assert denial[name] in text
    for words in (
        "September 28, 2026",
        "September 14, 2026",
        "04/17/1962",
        "27447",
        "M17.11",
        "SURG-0417",
        "version 7.2",
    ):
        assert words in text
    closed_up = text.replace(" ", "")  # Tesseract reads "Atleast"
    for row in truth("knee-replacement")["coverage"]["criteria"]:
        assert row["text"].replace(" ", "") in closed_up
    text = ocr(second, monkeypatch)
    assert "within 180 days of receipt of this notice" in text
    assert all(folded(denial["appeal"][name]) in text for name in ("address", "fax", "phone"))


def test_the_fax_can_be_read_once_its_dots_are_made_square(monkeypatch: pytest.MonkeyPatch) -> None:
    denial = truth("lumbar-mri")["denial"]
    texts = []
    with Image.open(SAMPLES / "lumbar-mri" / "fax.tif") as fax:
        for frame in (1, 2):
            fax.seek(frame)
            texts.append(ocr(fax.convert("L").resize((fax.width, round(fax.height * 204 / 196))), monkeypatch))
    for name in ("patient_name", "member_id", "reference_number", "service", "provider"):
        assert denial[name] in texts[0]
    for words in ("October 7, 2026", "10/08/2026 08:14", "72148", "M54.16", "IMG-210", "within 65 calendar days"):
        assert words in texts[0]
    assert all(folded(denial["appeal"][name]) in texts[1] for name in ("address", "fax", "phone"))
