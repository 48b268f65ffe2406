"""The bombs, each with the entrance that it is thrown at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scripts.bombs import others, workbooks
from scripts.bombs.workbooks import MB

REGISTER, PLAN, FORM, JSON, PICTURE = "register", "plan", "form", "json", "picture"


@dataclass(frozen=True)
class Bomb:
    """A name, an entrance, and what makes the bytes."""

    name: str
    entrance: str
    make: Callable[[], bytes]


BOMBS: tuple[Bomb, ...] = (
    Bomb("three sheets with a letter in the last corner", REGISTER, workbooks.far_cells),
    Bomb("our header and a letter in the last corner", REGISTER, workbooks.far_corner),
    Bomb("a picture of 401 MB", REGISTER, lambda: workbooks.unpacking("xl/media/image1.bin", 401)),
    Bomb("comments of 300 MB", REGISTER, lambda: workbooks.unpacking("xl/comments1.xml", 300)),
    Bomb("a directory that lies about sizes", REGISTER, workbooks.lying_sizes),
    Bomb("archives in archives", REGISTER, workbooks.nested),
    Bomb("entries that share their bytes", REGISTER, workbooks.overlapping),
    Bomb("a directory of half a million entries", REGISTER, workbooks.long_directory),
    Bomb("150 sheets", REGISTER, lambda: workbooks.workbook(sheets=150)),
    Bomb("1,900 sheets", REGISTER, lambda: workbooks.workbook(sheets=1_900)),
    Bomb("empty shared texts", REGISTER, lambda: workbooks.shared_strings(b"<si><t/></si>", 300)),
    Bomb("short shared texts", REGISTER, lambda: workbooks.shared_strings(b"<si><t>ab</t></si>", 200)),
    Bomb("one shared text without end", REGISTER, workbooks.one_long_string),
    Bomb("cell formats without end", REGISTER, workbooks.styles),
    Bomb("a billion laughs", REGISTER, workbooks.entities),
    Bomb("an entity from outside", REGISTER, workbooks.outside_entity),
    Bomb("an attribute without end", REGISTER, workbooks.long_token),
    Bomb("a text without end in a cell", REGISTER, lambda: workbooks.rows_of(b"<row><c><v>" + b"1" * (100 * MB) + b"</v></c></row>")),
    Bomb("elements in elements", REGISTER, lambda: workbooks.rows_of(b"<row>" + b"<c>" * (30 * MB))),
    Bomb("cells without content", REGISTER, lambda: workbooks.rows_of(b"<row>" + b"<c/>" * (25 * MB) + b"</row>")),
    Bomb("rows without cells", REGISTER, lambda: workbooks.rows_of(b"<row/>" * (15 * MB))),
    Bomb("a million rows that break every rule", REGISTER, workbooks.refused_rows),
    Bomb("a million merged cells", REGISTER, workbooks.merged),
    Bomb("a line of a million columns", REGISTER, lambda: others.csv_header().strip() + b",x" * 1_000_000 + b"\n"),
    Bomb("a field of 60 MB", REGISTER, lambda: others.csv_of(b'"' + b"x" * (60 * MB))),
    Bomb("60 MB of line ends", REGISTER, lambda: others.csv_of(b"\n" * (60 * MB))),
    Bomb("two million lines of commas", REGISTER, lambda: others.csv_of(b",,,\n" * 1_990_000)),
    Bomb("two million rows that break every rule", REGISTER, lambda: others.csv_of(b"1,2,3\n" * 1_990_000)),
    Bomb("60 MB of nothing", REGISTER, lambda: others.csv_of(bytes(60 * MB))),
    Bomb("a paper with objects of 400 MB", PLAN, lambda: others.pdf_object_streams(1, 400, layers=2)),
    Bomb("a paper with ten times 10 MB", PLAN, lambda: others.pdf_object_streams(10, 10)),
    Bomb("a paper of 300,000 pages", PLAN, others.pdf_page_tree),
    Bomb("a paper of lists in lists", PLAN, others.pdf_nested),
    Bomb("a form of 100,000 fields", FORM, others.many_parts),
    Bomb("JSON in JSON", JSON, others.deep_json),
    Bomb("a number of a million digits", JSON, others.long_number),
    Bomb("a PNG of 2.5 gigapixels", PICTURE, lambda: others.png(50_000, 50_000)),
    Bomb("a JPEG that claims 4 gigapixels", PICTURE, lambda: others.jpeg(65_500, 65_500)),
    Bomb("a progressive JPEG that claims 60 megapixels", PICTURE, lambda: others.jpeg(10_000, 6_000, progressive=True)),
)
