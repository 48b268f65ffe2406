"""Which sheets a workbook has, where they lie, and whether a person sees them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from backend.case.register.file_errors import FileFormatUnknown
from backend.case.register.workbooks.archive import Archive
from backend.case.register.workbooks.markup import LINK_IDS, Attributes, is_set, read_all

MAX_SHEETS = 200
_BOOK, _LINKS, _STRINGS, _STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/styles.xml"
_OTHER_KINDS = {"mimetype": "ODS", "xl/workbook.bin": "XLSB", "word/document.xml": "DOCX", "ppt/presentation.xml": "PPTX"}


@dataclass(frozen=True)
class SheetPart:
    """One worksheet: its name, its part, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Book:
    """The worksheets in the order of their tabs, and whether programs are asked to work out every formula when they open the file."""

    sheets: list[SheetPart]
    works_out_again: bool


def read_book(archive: Archive) -> Book:
    """What a workbook says of itself. Raises: FileFormatUnknown, FileTooLarge."""
    if "[Content_Types].xml" not in archive or _BOOK not in archive:
        kind = next((kind for name, kind in _OTHER_KINDS.items() if name in archive), "ZIP")
        raise FileFormatUnknown(kind=kind)
    if not _linked(archive, "_rels/.rels", "officeDocument", "/") <= {_BOOK}:
        raise FileFormatUnknown(kind="officeDocument")
    targets = _targets(archive) if _LINKS in archive else {}
    found: list[SheetPart] = []
    asked: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "calcPr" and _works_out(attributes):
            asked.append(name)
        if name != "sheet" or len(found) > MAX_SHEETS:
            return
        link = next((attributes[key] for key in LINK_IDS if key in attributes), "")
        part = targets.get(link, "")
        if part in archive:  # charts have tabs, too, but no cells
            found.append(SheetPart(attributes.get("name", "?"), part, attributes.get("state", "visible") != "visible"))

    read_all(start, archive.pieces(_BOOK))
    if not found or len(found) > MAX_SHEETS:
        raise FileFormatUnknown(kind=f"{len(found)} sheets")
    return Book(found, bool(asked))


def _works_out(attributes: Attributes) -> bool:
    """Whether all formulas are worked out at the next opening: by the file's wish, or because that was not done before it was saved."""
    asked = is_set(attributes.get("fullCalcOnLoad")) or is_set(attributes.get("forceFullCalc"))
    return asked or attributes.get("calcCompleted", "1").strip() not in {"1", "true"}


def strings_part(archive: Archive) -> str | None:
    """The part with the texts that cells share, if there is one. Raises: FileFormatUnknown."""
    return _part_of(archive, "sharedStrings", _STRINGS)


def styles_part(archive: Archive) -> str | None:
    """The part that says how numbers are shown, if there is one. Raises: FileFormatUnknown."""
    return _part_of(archive, "styles", _STYLES)


def _part_of(archive: Archive, kind: str, usual: str) -> str | None:
    """The part that programs take: the one that is linked; a second one would show others something else than is read here."""
    linked = _linked(archive, _LINKS, kind, "/xl")
    if not linked <= {usual.casefold()}:
        raise FileFormatUnknown(kind=kind)
    return usual if usual in archive else None


def _linked(archive: Archive, links: str, kind: str, folder: str) -> set[str]:
    """The parts to which links of a kind lead."""
    found: set[str] = set()

    def start(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/" + kind) and len(found) < 2:
            found.add(_resolved(folder, attributes.get("Target", "")).casefold())

    if links in archive:
        read_all(start, archive.pieces(links))
    return found


def _resolved(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(folder, target.replace("\\", "/"))).lstrip("/")


def _targets(archive: Archive) -> dict[str, str]:
    """Worksheets by the id under which the workbook names them."""
    targets: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet") and len(targets) <= MAX_SHEETS:
            targets[attributes.get("Id", "")] = _resolved("/xl", attributes.get("Target", ""))

    read_all(start, archive.pieces(_LINKS))
    return targets
