"""The words of the field are found, each once, by whole words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.phrases import Phrases
from pipeline.extract.vocabulary import Table, Vocabulary, by_name, names_in_class, terms, vocabulary
from schemas.fact import FactKind


def named(text: str) -> list[str]:
    return [hit.term.name for hit in terms(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Completed PT", "physical therapy"),
        ("PHYSICAL THERAPY", "physical therapy"),
        ("physical\ntherapy", "physical therapy"),
        ("Humira 40 mg", "adalimumab"),
        ("MTX 15 mg", "methotrexate"),
        ("failed NSAIDs", "nsaid"),
        ("non-steroidal anti-inflammatory drugs", "nsaid"),
        ("nonoperative care", "conservative"),
        ("a conventional DMARD", "csdmard"),
        ("Oswestry Disability Index", "ODI"),
        ("K-L grade 4", "Kellgren-Lawrence"),
        ("Kellgren\u2013Lawrence", "Kellgren-Lawrence"),
        ("left ventricular ejection fraction", "LVEF"),
        ("Straight-leg raise", "positive straight leg raise"),
        ("lumbar radicu-\nlopathy", "lumbar radiculopathy"),
        ("non-steroidal anti-inflam-\n  matory drugs", "nsaid"),
        ("straight-\nleg raise", "positive straight leg raise"),
        ("bowel/bladder dysfunction", "bowel or bladder dysfunction"),
        ("corticosteroid injections", "corticosteroid injection"),
    ],
)
def test_a_form_names_its_term(text: str, name: str) -> None:
    assert named(text) == [name]


@pytest.mark.parametrize(
    "text", ["pt denies pain", "PT/INR 2.1", "the rest of the exam", "apart", "script", "Physical   therapy"]
)
def test_what_only_looks_like_a_form_names_nothing(text: str) -> None:
    assert "physical therapy" not in named(text)
    assert "rest" not in named(text)


def test_the_longest_form_wins() -> None:
    assert named("physical therapy discharge summary") == ["physical therapy discharge summary"]
    assert named("epidural steroid injection") == ["epidural steroid injection"]


def test_a_hit_gives_its_place_in_the_text() -> None:
    text = "She tried  physical\n therapy (PT)."
    assert [text[hit.start : hit.end] for hit in terms(text)] == ["physical\n therapy", "PT"]


def test_classes_hold_their_wider_classes() -> None:
    assert {"tnf_inhibitor", "biologic", "targeted_ra"} <= set(by_name("adalimumab").classes)
    assert {"nsaid", "conservative"} <= set(by_name("naproxen").classes)
    assert {"active", "conservative"} <= set(by_name("physical therapy").classes)
    assert "active" not in by_name("bracing").classes
    assert "adalimumab" in names_in_class("biologic")


@pytest.mark.parametrize("drug", ["sumatriptan", "rizatriptan"])
def test_a_triptan_is_no_preventive(drug: str) -> None:
    assert "migraine_preventive" not in by_name(drug).classes


def test_a_biosimilar_is_its_reference_drug() -> None:
    assert named("Amjevita") == named("adalimumab-atto") == ["adalimumab"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("PHQ-9", "PHQ-2"), ("KOOS JR", "KOOS"), ("DAS28", "CDAI"), ("KOOS, JR.", "HOOS, JR.")],
)
def test_instruments_are_told_apart(one: str, other: str) -> None:
    assert named(one) != named(other)
    assert len(named(one)) == len(named(other)) == 1


def test_every_form_of_a_term_finds_that_term() -> None:
    lost = [form for term in vocabulary() for form in term.forms if named(form) != [term.name]]
    assert lost == []


def test_every_drug_is_known_as_one() -> None:
    drugs = [term for term in vocabulary() if term.kind is FactKind.MEDICATION]
    assert len(drugs) > 300


def test_a_form_with_two_meanings_is_refused() -> None:
    with pytest.raises(ValueError, match="two meanings"):
        Phrases([("cold", 1), ("cold", 2)])


def test_an_unknown_class_is_refused() -> None:
    group = {"source": "s", "kind": "medication", "classes": ["nowhere"], "terms": {"x": []}}
    table = Table.model_validate({"sources": {"s": "S"}, "hidden": [], "classes": [], "terms": [group]})
    with pytest.raises(ValueError, match="nowhere"):
        Vocabulary(table)


@given(st.text(max_size=200))
def test_hits_lie_in_the_text_in_order(text: str) -> None:
    hits = terms(text)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert all(a.end <= b.start for a, b in pairwise(hits))


@given(st.lists(st.sampled_from(["naproxen", "PT", "knee", "and", "no", "MRI", "weakness"]), max_size=12))
def test_white_space_and_hyphens_do_not_matter(words: list[str]) -> None:
    assert named(" ".join(words)) == named("\n ".join(words)) == named("-".join(words))


def test_a_sign_of_tension_is_no_deficit_of_the_nerve() -> None:
    assert "positive straight leg raise" not in names_in_class("neuro_deficit")
    assert {"motor weakness", "reflex loss", "sensory loss"} <= set(names_in_class("neuro_deficit"))


def test_an_attack_that_passes_is_no_stroke() -> None:
    assert named("TIA in 2025; no stroke") == ["transient ischemic attack", "stroke"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("an alpha blocker", "alpha_blocker"),
        ("a 5-alpha-reductase inhibitor", "five_alpha_reductase_inhibitor"),
        ("a class I or class III antiarrhythmic drug", "antiarrhythmic"),
        ("an androgen receptor pathway inhibitor", "arpi"),
        ("Prevnar 20", "pneumococcal vaccine"),
        ("a registered dietitian", "registered dietitian"),
        ("G6PD testing", "G6PD"),
        ("REMS enrollment form", "REMS enrollment"),
        ("gastric emptying retention at 4 hours", "gastric retention at 4 hours"),
        ("fissure integrity", "fissure completeness"),
        ("transesophageal echocardiogram", "transesophageal echocardiogram"),
        ("voiding diary", "bladder diary"),
    ],
)
def test_what_a_criterion_of_any_specialty_names_is_known(text: str, name: str) -> None:
    assert named(text) == [name]


@pytest.mark.parametrize(
    ("drug", "group"),
    [
        ("tamsulosin", "alpha_blocker"),
        ("amiodarone", "antiarrhythmic"),
        ("lisinopril", "antihypertensive"),
        ("furosemide", "diuretic"),
        ("apixaban", "anticoagulant"),
        ("insulin glargine", "insulin"),
        ("olaparib", "antineoplastic"),
        ("transesophageal echocardiogram", "echocardiogram"),
        ("non-small cell lung cancer", "lung cancer"),
        ("opioid use disorder", "substance use disorder"),
    ],
)
def test_a_thing_counts_for_its_class(drug: str, group: str) -> None:
    assert drug in names_in_class(group)


def test_an_acid_blocker_of_another_kind_is_no_proton_pump_inhibitor() -> None:
    assert "ppi" not in by_name("vonoprazan").classes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hurley stage", "HiSCR"),
        ("AN count", "IHS4"),
        ("mean sleep latency", "sleep onset latency"),
        ("pure tone average", "air-bone gap"),
        ("UACR", "UPCR"),
        ("endometrial thickness", "fibroid size"),
        ("KRAS G12C", "EGFR mutation"),
        ("MuSK antibody", "AChR antibody"),
        ("hemophilia B", "hemophilia A"),
        ("mild cognitive impairment", "dementia"),
        ("sleep diary", "headache diary"),
        ("intrauterine insemination", "in vitro fertilization"),
    ],
)
def test_what_is_asked_apart_is_named_apart(one: str, other: str) -> None:
    assert len(named(one)) == len(named(other)) == 1
    assert named(one) != named(other)


@pytest.mark.parametrize("text", ["Dr. Tanner", "ENSURE completion", "a mild procedure"])
def test_a_word_that_mostly_means_something_else_stays_out(text: str) -> None:
    assert named(text) == []
