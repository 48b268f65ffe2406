"""Which of a workbook's sheets holds the claims: the only one with content that a person sees (protocol §18.2)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from verifier.register.claims.columns import count_known
from verifier.register.claims.rules import FileRefused
from verifier.register.claims.unseen import SHEETS_NAMED
from verifier.register.claims.workbook.formats import read_formats
from verifier.register.claims.workbook.markup import Attributes, is_set, link_of, parse_whole
from verifier.register.claims.workbook.package import Package
from verifier.register.claims.workbook.sheet import Sheet, SheetRow
from verifier.register.claims.workbook.strings import SharedStrings

MOST_SHEETS = 200
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
#: By the part with the links, what each kind of link has to lead to.
_USUAL = {
    "_rels/.rels": {"officeDocument": _BOOK},
    _LINKS: {"styles": "xl/styles.xml", "sharedStrings": "xl/sharedStrings.xml"},
}
#: So many headers of ours on a hidden sheet, and it holds claims.
_CLAIMS_FROM = 4


_Listed = tuple[str, str, bool]  # name, part, hidden


@dataclass
class _Tab:
    name: str
    hidden: bool
    sheet: Sheet
    first: SheetRow | None
    rest: Iterator[SheetRow]


@contextmanager
def open_workbook(path: Path) -> Iterator[tuple[Sheet, Iterator[SheetRow]]]:
    """The sheet of claims and its rows. Raises: FileRefused, also while rows are read."""
    package = Package(path)
    try:
        listed, works_out_again = _listed(package)
        tabs = list(_tabs(package, listed))
        tab = _chosen(tabs)
        assert tab.first is not None, "a sheet without content is not chosen"
        tab.sheet.choose(works_out_again=works_out_again)
        others = [each.name for each in tabs if each is not tab and each.first is not None]
        tab.sheet.unseen.left_out_sheets = others[:SHEETS_NAMED]
        yield tab.sheet, chain((tab.first,), tab.rest)
    finally:
        package.close()


def _listed(package: Package) -> tuple[list[_Listed], bool]:
    """The sheets of the book, and whether programs are asked to work out every formula when they open it. Raises: FileRefused."""
    if _BOOK not in package or "[Content_Types].xml" not in package:
        raise FileRefused("FileFormatUnknown")
    _check_usual(package)
    parts = _parts(package)
    listed: list[_Listed] = []
    asked: list[str] = []

    def begins(name: str, attributes: Attributes) -> None:
        if name == "calcPr":
            asked.extend(flag for flag in ("fullCalcOnLoad", "forceFullCalc") if is_set(attributes.get(flag)))
            asked.extend([] if attributes.get("calcCompleted", "1").strip() in {"1", "true"} else ["calcCompleted"])
        if name == "sheet" and len(listed) <= MOST_SHEETS:
            part = parts.get(link_of(attributes), "")
            listed.append((attributes.get("name", "?")[:31], part, attributes.get("state", "visible") != "visible"))

    parse_whole(package.pieces(_BOOK), begins)
    found = [each for each in listed if each[1] in package]
    if not found or len(listed) > MOST_SHEETS:
        raise FileRefused("FileFormatUnknown")
    return found, bool(asked)


def _tabs(package: Package, listed: list[_Listed]) -> Iterator[_Tab]:
    strings, formats = SharedStrings().read(package), read_formats(package)
    for name, part, hidden in listed:
        sheet = Sheet(package, part, strings, formats)
        rows = sheet.rows()
        yield _Tab(name, hidden, sheet, next(rows, None), rows)


def _check_usual(package: Package) -> None:
    """What is read here has to be what programs take, which follow links. Raises: FileRefused."""
    for links, kinds in _USUAL.items():

        def begins(name: str, attributes: Attributes, links: str = links, kinds: dict[str, str] = kinds) -> None:
            kind = attributes.get("Type", "").rpartition("/")[2]
            if name == "Relationship" and kind in kinds and _target(links, attributes).casefold() != kinds[kind].casefold():
                raise FileRefused("FileFormatUnknown")

        if links in package:
            parse_whole(package.pieces(links), begins)


def _target(links: str, attributes: Attributes) -> str:
    folder = "/" + links.partition("_rels/")[0]
    return posixpath.normpath(posixpath.join(folder, attributes.get("Target", "").replace("\\", "/"))).lstrip("/")


def _parts(package: Package) -> dict[str, str]:
    """Parts of worksheets, by the id under which the workbook names them."""
    parts: dict[str, str] = {}

    def begins(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet") and len(parts) <= MOST_SHEETS:
            parts[attributes.get("Id", "")] = _target(_LINKS, attributes)

    if _LINKS in package:
        parse_whole(package.pieces(_LINKS), begins)
    return parts


def _chosen(tabs: list[_Tab]) -> _Tab:
    filled = [tab for tab in tabs if tab.first is not None]
    seen = [tab for tab in filled if not tab.hidden]
    if not filled:
        raise FileRefused("FileEmpty")
    if not seen:
        raise FileRefused("SheetsHidden")
    if len(seen) > 1 or any(tab.hidden and tab.first is not None and count_known(tab.first[1]) >= _CLAIMS_FROM for tab in filled):
        raise FileRefused("ExtraSheets")
    return seen[0]
