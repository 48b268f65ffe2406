"""Which sheets a workbook has, where they lie, and whether a person sees them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from backend.case.register.file_errors import FileFormatUnknown
from backend.case.register.workbooks.archive import Archive
from backend.case.register.workbooks.markup import Attributes, local, read_all

MAX_SHEETS = 200
_BOOK, _LINKS, _STRINGS, _STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/styles.xml"
_OTHER_KINDS = {"mimetype": "ODS", "xl/workbook.bin": "XLSB", "word/document.xml": "DOCX", "ppt/presentation.xml": "PPTX"}


@dataclass(frozen=True)
class SheetPart:
    """One worksheet: its name, its part, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


def sheets_of(archive: Archive) -> list[SheetPart]:
    """The worksheets in the order of their tabs. Raises: FileFormatUnknown, FileTooLarge."""
    if "[Content_Types].xml" not in archive or _BOOK not in archive:
        kind = next((kind for name, kind in _OTHER_KINDS.items() if name in archive), "ZIP")
        raise FileFormatUnknown(kind=kind)
    targets = _targets(archive) if _LINKS in archive else {}
    found: list[SheetPart] = []

    def start(name: str, attributes: Attributes) -> None:
        if local(name) != "sheet" or len(found) > MAX_SHEETS:
            return
        link = next((value for key, value in attributes.items() if local(key) == "id" and ":" in key), "")
        part = targets.get(link, "")
        if part in archive:  # charts have tabs, too, but no cells
            found.append(SheetPart(attributes.get("name", "?"), part, attributes.get("state", "visible") != "visible"))

    read_all(start, archive.pieces(_BOOK))
    if not found or len(found) > MAX_SHEETS:
        raise FileFormatUnknown(kind=f"{len(found)} sheets")
    return found


def strings_part(archive: Archive) -> str | None:
    """The part with the texts that cells share, if there is one."""
    return _STRINGS if _STRINGS in archive else None


def styles_part(archive: Archive) -> str | None:
    """The part that says how numbers are shown, if there is one."""
    return _STYLES if _STYLES in archive else None


def _targets(archive: Archive) -> dict[str, str]:
    """Worksheets by the id under which the workbook names them."""
    targets: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if local(name) == "Relationship" and attributes.get("Type", "").endswith("/worksheet") and len(targets) <= MAX_SHEETS:
            target = attributes.get("Target", "").replace("\\", "/")
            targets[attributes.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")

    read_all(start, archive.pieces(_LINKS))
    return targets
