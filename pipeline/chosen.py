"""Which document is the denial that a case is worked for, and which of the claims beside it stay out of the case."""

from collections.abc import Iterator, Sequence

from pipeline import extract
from pipeline.errors import ADVICE, AppealwrightError
from schemas.case import Category, Failure
from schemas.coverage import Warning
from schemas.document import Document, PageEvent, Role, Whose

_NOTICES = (Role.DENIAL_LETTER, Role.REMITTANCE)
_LISTED = 20  # claims that a warning names


def denial_letter(documents: Sequence[Document], failures: Sequence[Failure], claim: str = "") -> Document:
    """The document that speaks most as a denial letter, else a remittance that denies; without either there is no case.

    `claim`, the number of a claim, makes it the remittance of that claim, whatever else is there.
    """
    if claim:
        return _of_claim(documents, claim)
    deciding = denying(documents)
    letters = [document for document in deciding if document.role is Role.DENIAL_LETTER] or deciding
    if letters:
        return max(letters, key=extract.denial_strength)  # the first of equals
    if not documents and failures:
        first = failures[0]
        raise AppealwrightError(first.category, first.place, first.message, first.advice)
    if not documents:
        raise AppealwrightError(
            Category.EMPTY, "the files given", "there is nothing to read", ADVICE[Category.NOT_FOUND]
        )
    claims = any(_is_claim(document) for document in documents)
    message = "none of their claims is denied" if claims else "none of them is a denial letter"
    raise AppealwrightError(Category.NO_DENIAL, "the files given", message)


def denying(documents: Sequence[Document]) -> list[Document]:
    """The notices that may each be a case: of the claims of an interchange none that is known to deny nothing."""
    notices = (document for document in documents if document.role in _NOTICES)
    return [one for one in notices if not (_is_claim(one) and extract.denies_nothing(one))]


def without_other_claims(documents: Sequence[Document], letter: Document) -> tuple[tuple[Document, ...], list[Warning]]:
    """The documents of the case without claims that an interchange holds beside its own, with a warning of them.

    An interchange tells of many patients. What is not of the case stays out of its folder: the claims beside the
    letter, and of other interchanges those of another patient, once that is told.
    """
    out = [document for document in documents if document.id != letter.id and _is_other_claim(document, letter)]
    left = {document.id for document in out}
    kept = tuple(document for document in documents if document.id not in left)
    return kept, [_told(name, [one for one in out if one.file == name]) for name in dict.fromkeys(d.file for d in out)]


def other_denials(documents: Sequence[Document], letter: Document) -> Iterator[Warning]:
    """A warning of each claim of another interchange that is denied too, and is not the letter's."""
    worked = extract.claim_number(letter)
    for document in denying(documents):
        number = extract.claim_number(document)
        if document.id != letter.id and _is_claim(document) and number != worked:
            name = f"{document.id} ({document.file})"
            message = f"{name} denies claim {number or 'without a number'} too. It needs a case of its own."
            yield Warning(code="several_denials", message=message)


def _is_other_claim(document: Document, letter: Document) -> bool:
    """Whether a document is a claim of an interchange: of that which the letter is of, or of another patient."""
    apart = document.file == letter.file or document.patient is Whose.OTHER
    return apart and _is_claim(document)


def _is_claim(document: Document) -> bool:
    """Whether a document is a claim of an interchange."""
    return any(PageEvent.DOCUMENT_START in page.events for page in document.pages)


def _told(name: str, claims: Sequence[Document]) -> Warning:
    count = f"{len(claims)} other claim{'s' if len(claims) > 1 else ''}"
    numbers = [extract.claim_number(claim) or claim.id for claim in denying(claims)]
    if not numbers:
        return Warning(code="other_claims", message=f"{name} tells of {count}, none of them denied. Left out here.")
    listed = ", ".join(numbers[:_LISTED]) + (", ..." if len(numbers) > _LISTED else "")
    message = f"{name} tells of {count}. Left out here; each denied needs a case of its own (--claim): {listed}."
    return Warning(code="several_denials", message=message)


def _of_claim(documents: Sequence[Document], claim: str) -> Document:
    letters = [document for document in documents if document.role in _NOTICES]
    found = [document for document in letters if extract.claim_number(document).upper() == claim.strip().upper()]
    if not found:
        message = "none of them is a remittance or denial letter with that claim number"
        raise AppealwrightError(Category.NO_DENIAL, "the files given", message, "Check the number after --claim.")
    return max(found, key=lambda document: (not extract.denies_nothing(document), extract.denial_strength(document)))
