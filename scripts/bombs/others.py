"""Texts, papers, pictures and requests that are small and mean harm."""

from __future__ import annotations

import io
import json
import struct
import zlib

from backend.case.register.columns import COLUMNS
from scripts.rig.documents import plan_of

MB = 2**20


def csv_header() -> bytes:
    """Our header as a line."""
    return ",".join(column.zh for column in COLUMNS).encode() + b"\n"


def csv_of(rows: bytes) -> bytes:
    """Our header and these rows."""
    return csv_header() + rows


def pdf_of(streams: dict[int, bytes], extra: bytes = b"") -> bytes:
    """A one-page PDF with further objects, packed where they are streams."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R" + extra + b">>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        **streams,
    }
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (max(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, max(objects) + 1))
    return bytes(out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, table))


def packed_stream(content: bytes, more: bytes = b"", layers: int = 1) -> bytes:
    """A stream, packed once or several times over."""
    for _ in range(layers):
        content = zlib.compress(content, 9)
    filters = b"[" + b"/FlateDecode" * layers + b"]"
    return b"<<" + more + b"/Filter" + filters + b"/Length %d>>\nstream\n" % len(content) + content + b"\nendstream"


def pdf_object_streams(streams: int, unpacked_mb: int, layers: int = 1) -> bytes:
    """Fonts, each in an object stream of its own that unpacks to much."""
    blank = b" " * (unpacked_mb * MB)
    fonts = range(4, 4 + streams)
    resources = b"".join(b"/F%d %d 0 R" % (font, font) for font in fonts)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<<" + resources + b">>>>>>",
    )  # fmt: skip
    out = bytearray(b"%PDF-1.7\n")
    places = {0: (0, 0, 0)} | {font: (2, font + streams, 0) for font in fonts}
    packed = ((font + streams, packed_stream(b"%3d 0 " % font + blank + b"<<>>", b"/Type/ObjStm/N 1/First 6", layers)) for font in fonts)
    for number, body in (*enumerate(objects, start=1), *packed):
        places[number] = (1, len(out), 0)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(places)
    places[table] = (1, len(out), 0)
    ordered = (places[number] for number in sorted(places))
    rows = b"".join(bytes([kind]) + where.to_bytes(4, "big") + place.to_bytes(2, "big") for kind, where, place in ordered)
    head = packed_stream(rows, b"/Type/XRef/Size %d/W[1 4 2]/Root 1 0 R" % (table + 1))
    return bytes(out) + b"%d 0 obj\n" % table + head + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(out)


def pdf_page_tree(pages: int = 300_000) -> bytes:
    """A page tree that names one page for ever."""
    kids = b"3 0 R " * pages
    return pdf_of({2: b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % pages, 4: packed_stream(b"")})


def pdf_nested(depth: int = 200_000) -> bytes:
    """Lists in lists."""
    return pdf_of({4: packed_stream(b"")}, b"/A" + b"[" * depth + b"]" * depth)


def png(width: int, height: int) -> bytes:
    """A PNG of that size with all its pixels, black ones."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packing = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    pixels = b"".join(packing.compress(row * 1_000) for _ in range(height // 1_000)) + packing.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int, height: int, *, progressive: bool = False) -> bytes:
    """A JPEG whose frame claims a size."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "JPEG", progressive=progressive)
    photo = bytearray(out.getvalue())
    frame = photo.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    photo[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(photo)


def honest_picture() -> bytes:
    """A small one without a face."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (640, 480), "grey").save(out, "JPEG")
    return out.getvalue()


def deep_json(depth: int = 400_000) -> bytes:
    """JSON in JSON."""
    return b'{"phone":' + b"[" * depth + b"]" * depth + b"}"


def long_number(digits: int = 1_000_000) -> bytes:
    """JSON with a number that takes long to read."""
    return b'{"phone": "12000000001", "code": "123456", "index": ' + b"9" * digits + b"}"


def many_parts(parts: int = 100_000) -> bytes:
    """A form of so many empty fields."""
    return b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n\r\n' % n for n in range(parts)) + b"--x--\r\n"


def plan() -> str:
    """A plan's text beside a PDF."""
    return json.dumps(plan_of(1), ensure_ascii=False)
