"""Small documents for tests, made from strings."""

from schemas.document import Document, Origin, Page, Role


def document(*pages: str, name: str = "d1", origin: Origin = Origin.TEXT, role: Role = Role.OTHER) -> Document:
    return Document(
        id=name,
        file=f"{name}.txt",
        sha256="0" * 64,
        role=role,
        pages=tuple(
            Page(document=name, number=n, file_page=n, origin=origin, text=text) for n, text in enumerate(pages, 1)
        ),
    )
