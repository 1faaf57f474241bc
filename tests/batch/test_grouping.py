"""Which papers make a case. A page in the wrong chart is worse than a page that waits."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.grouping import Chart, Grouped, Placed, case_name, group
from schemas.document import Role
from tests.batch.papers import denial, paper


def alike(_: object, __: object) -> float:
    return 1.0


def unlike(_: object, __: object) -> float:
    return 0.3


def grouped(*papers: Placed) -> Grouped:
    return group((), papers, unlike)


def cases_of(found: Grouped, name: str) -> list[str]:
    return [case for case, held, _ in found.joined if held == name]


ANA = denial("letter", "Ana Ruiz", born="1960-01-02", claim="C1", member="M1")
ANA_CASE = case_name(ANA.paper)


def test_a_note_of_the_same_name_and_birth_date_joins_the_letters_case() -> None:
    found = grouped(ANA, paper("note", "RUIZ, ANA", born="1960-01-02"))
    assert ("note", "name and birth date") in [row[1:] for row in found.joined]
    assert cases_of(found, "note") == [ANA_CASE]


def test_a_note_of_the_same_name_and_another_birth_date_waits() -> None:
    found = grouped(ANA, paper("note", "Ana Ruiz", born="1960-02-01"))
    assert cases_of(found, "note") == []
    assert found.waiting["note"] == "no denial of this patient has come"


def test_a_twins_note_does_not_join() -> None:
    assert "note" in grouped(ANA, paper("note", "Eva Ruiz", born="1960-01-02")).waiting


def test_a_name_alone_is_enough_where_nobody_else_here_has_it() -> None:
    letter = denial("letter", "Ana Ruiz", claim="C1")
    found = grouped(letter, paper("note", "Ana Ruiz", born="1960-01-02"))
    assert cases_of(found, "note") == [case_name(letter.paper)]


def test_a_name_alone_is_not_enough_where_two_patients_have_it() -> None:
    letter = denial("letter", "Ana Ruiz", claim="C1")
    found = grouped(letter, paper("one", "Ana Ruiz", born="1960-01-02"), paper("other", "Ana Ruiz", born="1971-05-06"))
    assert set(found.waiting) == {"one", "other"}


def test_two_letters_of_one_name_and_different_member_ids_share_no_note_by_name() -> None:
    found = grouped(
        denial("a", "Ana Ruiz", claim="C1", member="M1"),
        denial("b", "Ana Ruiz", claim="C2", member="M2"),
        paper("note", "Ana Ruiz", born="1960-01-02"),
    )
    assert "more than one patient" in found.waiting["note"]


def test_a_note_serves_both_denials_of_its_patient() -> None:
    other = denial("second", "Ana Ruiz", born="1960-01-02", claim="C2", member="M1")
    found = grouped(ANA, other, paper("note", "Ana Ruiz", born="1960-01-02"))
    assert cases_of(found, "note") == [ANA_CASE, case_name(other.paper)]


def test_a_second_scan_of_a_letter_opens_no_second_case() -> None:
    again = denial("again", "Ana Ruiz", born="1960-01-02", claim="C1", member="M1")
    found = group((), (ANA, again), alike)
    assert found.same_as == {"again": "letter"}
    assert list(found.opened.values()) == [ANA_CASE]


def test_two_months_of_one_form_letter_are_two_cases() -> None:
    august = denial("august", "Ana Ruiz", born="1960-01-02", claim="C1", letter_date=date(2026, 8, 1))
    september = denial("september", "Ana Ruiz", born="1960-01-02", claim="C2", letter_date=date(2026, 9, 1))
    found = group((), (august, september), alike)
    assert len(found.opened) == 2
    assert not found.same_as


def test_a_remittance_of_the_same_claim_joins_the_case() -> None:
    found = grouped(ANA, denial("eob", "Ana Ruiz", claim="C1"))
    assert cases_of(found, "eob") == [ANA_CASE]
    assert len(found.opened) == 1


def test_one_claim_number_of_two_patients_is_two_cases() -> None:
    assert len(grouped(ANA, denial("other", "Ben Ode", born="1980-01-01", claim="C1")).opened) == 2


def test_a_nameless_note_joins_the_only_case_of_its_file() -> None:
    letter = denial("letter", "Ana Ruiz", claim="C1", came="packet")
    found = grouped(letter, paper("nameless", came="packet"))
    assert cases_of(found, "nameless") == [case_name(letter.paper)]


def test_a_nameless_note_waits_where_its_file_holds_papers_of_somebody_else() -> None:
    letter = denial("letter", "Ana Ruiz", born="1960-01-02", claim="C1", came="packet")
    stranger = paper("stranger", "Ben Ode", born="1980-01-01", came="packet")
    found = grouped(letter, stranger, paper("nameless", came="packet"))
    assert set(found.waiting) == {"stranger", "nameless"}


def test_a_nameless_note_of_the_inbox_waits() -> None:
    assert "nameless" in grouped(ANA, paper("nameless")).waiting


def test_a_nameless_paper_that_gives_the_claim_number_joins_its_case() -> None:
    assert cases_of(grouped(ANA, paper("nameless", numbers=("C1",))), "nameless") == [ANA_CASE]


def test_a_member_id_alone_is_not_enough_since_a_family_may_share_it() -> None:
    assert "nameless" in grouped(ANA, paper("nameless", numbers=("M1",))).waiting


def test_papers_of_one_mail_thread_came_together() -> None:
    letter = denial("letter", "Ana Ruiz", claim="C1", thread="<1@clinic>")
    found = grouped(letter, paper("late", thread="<1@clinic>"))
    assert cases_of(found, "late") == [case_name(letter.paper)]


def test_a_policy_joins_every_case_whose_letter_names_its_number() -> None:
    one = denial("one", "Ana Ruiz", claim="C1", policy="MP1234")
    two = denial("two", "Ben Ode", claim="C2", policy="MP1234")
    found = grouped(one, two, paper("policy", role=Role.POLICY, numbers=("MP1234",)))
    assert len(cases_of(found, "policy")) == 2


def test_cover_sheets_and_blank_pages_are_nobodys() -> None:
    found = grouped(ANA, paper("cover", "Ana Ruiz", role=Role.COVER_SHEET), paper("empty", blank=True))
    assert set(found.aside) == {"cover", "empty"}
    assert not found.waiting


def test_a_remittance_that_denies_nothing_opens_no_case() -> None:
    assert not grouped(denial("paid", "Ana Ruiz", claim="C9", denies=False)).opened


def test_a_late_note_joins_a_case_that_is_known() -> None:
    known = [Chart(ANA_CASE, [ANA])]
    found = group(known, [paper("late", "Ana Ruiz", born="1960-01-02")], unlike)
    assert cases_of(found, "late") == [ANA_CASE]
    assert known[0].papers == [ANA]


PEOPLE = [("Ana Ruiz", "1960-01-02"), ("Ana Ruiz", "1971-05-06"), ("Ben Ode", "1980-01-01"), ("Cy Ito", "1990-09-09")]


@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.booleans(), st.booleans(), st.integers(0, 2)), max_size=8),
    st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True),
)
def test_no_paper_joins_a_case_of_somebody_else(
    notes: list[tuple[tuple[str, str], bool, bool, int]], denied: list[tuple[str, str]]
) -> None:
    letters = [denial(f"l{n}", name, born=born, claim=f"C{n}") for n, (name, born) in enumerate(denied)]
    owner = {case_name(placed.paper): who for placed, who in zip(letters, denied, strict=True)}
    whose = {f"n{n}": who for n, (who, *_) in enumerate(notes)}
    papers = [
        paper(f"n{n}", *([name] if named else []), born=born if dated else "", came=f"file{packet}")
        for n, ((name, born), named, dated, packet) in enumerate(notes)
    ]
    found = group((), [*letters, *papers], unlike)
    for case, held, why in found.joined:
        stated = held in whose and papers[int(held[1:])].paper.birth_dates
        if stated:
            assert whose[held] == owner[case], why


@given(st.permutations(range(4)))
def test_the_order_in_which_papers_come_does_not_matter(order: list[int]) -> None:
    papers = [ANA, paper("a", "Ana Ruiz", born="1960-01-02"), paper("b", "Ben Ode", born="1980-01-01"), paper("c")]
    found = grouped(*(papers[n] for n in order))
    assert cases_of(found, "a") == [ANA_CASE]
    assert set(found.waiting) == {"b", "c"}
