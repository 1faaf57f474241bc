"""The people and the denials of an inbox, made from three tables of invented things."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from benchmarks.inbox_files.truth import CaseTruth, Person

FIRST_DAY, LAST_DAY = date(2026, 6, 1), date(2026, 11, 20)
_NAMESAKES, _FAMILIES, _TWICE = 0.02, 0.04, 0.03  # pairs, by share of the cases


@dataclass(frozen=True, slots=True)
class Denial:
    """A case with all that its papers are written from."""

    truth: CaseTruth
    person: Person
    story: dict[str, Any]
    payer: dict[str, Any]
    side: str
    clinic: str
    provider: str

    @property
    def day(self) -> date:
        """The letter's date."""
        return date.fromisoformat(self.truth.letter_date)

    @property
    def code_word(self) -> str:
        """The procedure code with its system, "CPT 72148"."""
        return str(self.story["code"])


@cache
def table(name: str) -> dict[str, Any]:
    """One of the tables beside this module."""
    read: dict[str, Any] = yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


@dataclass
class People:
    """Makes people, no two of one name unless that is wanted."""

    rng: random.Random
    made: list[Person] = field(default_factory=list)
    _names: set[tuple[str, str]] = field(default_factory=set)

    def new(self, member: str = "", family: str = "") -> Person:
        """Somebody whose first and last name nobody else has."""
        words = table("people")
        while True:
            given, last = self.rng.choice(words["given"]), family or self.rng.choice(words["family"])
            if (given, last) not in self._names:
                break
        self._names.add((given, last))
        middle = f" {self.rng.choice(words['middle'])}." if self.rng.random() < 0.4 else ""
        street = f"{self.rng.randint(2, 980)} {self.rng.choice(words['streets'])}"
        person = Person(
            label=f"p{len(self.made) + 1:03}",
            name=f"{given}{middle} {last}",
            birth_date=self._birth_date().isoformat(),
            member_id=member,
            address=f"{street}, {self.rng.choice(words['towns'])}",
        )
        self.made.append(person)
        return person

    def namesake(self, of: Person, member: str) -> Person:
        """Another of the same name, born on another day."""
        made = replace(self.new(), name=of.name, member_id=member)
        return self._paired(of, made)

    def relative(self, of: Person, member: str, twin: bool) -> Person:
        """One of the same house and policy; a twin is of the same day too."""
        made = self.new(member, of.name.split()[-1])
        made = replace(made, address=of.address, birth_date=of.birth_date if twin else made.birth_date)
        return self._paired(of, made)

    def _paired(self, one: Person, other: Person) -> Person:
        """The other, made known as alike, both ways."""
        at = {person.label: number for number, person in enumerate(self.made)}
        self.made[at[one.label]] = replace(self.made[at[one.label]], like=(*self.made[at[one.label]].like, other.label))
        self.made[at[other.label]] = replace(other, like=(one.label,))
        return self.made[at[other.label]]

    def _birth_date(self) -> date:
        return date(1938, 1, 1) + timedelta(days=self.rng.randrange(65 * 365))


def written(pattern: str, day: date, rng: random.Random) -> str:
    """An identifier by its pattern: # a digit, @ a letter, and parts of the date."""
    for mark, form in (("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m")):
        pattern = pattern.replace(mark, day.strftime(form))
    made = {"#": "0123456789", "@": "ABCDEFGHJKLMNPQRSTUVWXYZ"}
    return "".join(rng.choice(made[sign]) if sign in made else sign for sign in pattern)


def make_cases(count: int, people: People, rng: random.Random) -> list[Denial]:
    """So many denials, among them those of namesakes, of families and of one person twice."""
    made: list[Denial] = []
    for kind, share in (("namesake", _NAMESAKES), ("family", _FAMILIES), ("twice", _TWICE)):
        for number in range(max(1, round(count * share))):
            if len(made) + 2 <= count:
                made += _pair(kind, number, len(made), people, rng)
    while len(made) < count:
        made.append(_denial(len(made), _anyone(people, rng), rng))
    return [replace(one, person=people.made[int(one.person.label[1:]) - 1]) for one in made]


def _anyone(people: People, rng: random.Random, member_of: str = "") -> tuple[Person, dict[str, Any]]:
    payer = rng.choice(table("payers")["payers"])
    member = written(payer["member"], LAST_DAY, rng) + member_of
    return people.new(member), payer


def _pair(kind: str, number: int, start: int, people: People, rng: random.Random) -> list[Denial]:
    person, payer = _anyone(people, rng, "-01" if kind == "family" else "")
    first = _denial(start, (person, payer), rng)
    if kind == "twice":
        second = _denial(start + 1, (person, payer), rng, but=first)
        both = (first.truth.label, second.truth.label)
        return [
            replace(one, truth=replace(one.truth, like=tuple(label for label in both if label != one.truth.label)))
            for one in (first, second)
        ]
    if kind == "family":
        other = people.relative(person, person.member_id[:-1] + "2", twin=number % 3 == 0)
    else:
        payer = rng.choice(table("payers")["payers"])
        other = people.namesake(person, written(payer["member"], LAST_DAY, rng))
    return [first, _denial(start + 1, (other, payer), rng)]


def _story(payer: dict[str, Any], but: Denial | None, rng: random.Random) -> dict[str, Any]:
    fitting = [
        story
        for story in table("stories")["stories"]
        if payer["plan"] in story["plans"]
        and (payer["plan"] != "part_d" or story.get("drug"))
        and (not payer.get("drugs") or story.get("drug"))
        and (but is None or story["service"] != but.story["service"])
    ]
    chosen: dict[str, Any] = rng.choice(fitting)
    return chosen


def _denial(number: int, whose: tuple[Person, dict[str, Any]], rng: random.Random, but: Denial | None = None) -> Denial:
    person, payer = whose
    story = _story(payer, but, rng)
    day = FIRST_DAY + timedelta(days=rng.randrange((LAST_DAY - FIRST_DAY).days + 1))
    billed = rng.random() < 0.45  # the service was given, and its claim is denied
    referenced = not billed or rng.random() < 0.4
    words = table("people")
    return Denial(
        truth=CaseTruth(
            label=f"c{number + 1:03}",
            person=person.label,
            payer=payer["name"],
            plan_type=payer["plan"],
            member_id=person.member_id,
            claim_number=written(payer["claim"], day, rng) if billed else None,
            reference_number=written(payer["reference"], day, rng) if referenced else None,
            letter_date=day.isoformat(),
            service=story["service"],
            procedure_codes=(story["code"].split()[1],),
            diagnosis_codes=(story["icd"],),
            service_dates=((day - timedelta(days=rng.randint(12, 40))).isoformat(),) if billed else (),
            denied_amount=f"{rng.randint(*story['amount'])}.{rng.randint(0, 99):02}" if billed else None,
        ),
        person=person,
        story=story,
        payer=payer,
        side=rng.choice(("left", "right")),
        clinic=rng.choice(words["clinics"]),
        provider=rng.choice(words["clinicians"]) + ", " + rng.choice(("MD", "DO", "NP")),
    )
