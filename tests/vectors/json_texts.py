"""json_texts.json: texts that a recount has to read as JSON, and texts that it has to refuse (protocol §12)."""

from __future__ import annotations

from typing import Any

READ = (
    ("numbers of any size", f'{{"a":[{2**256},-1,0]}}'),
    ("blanks between parts", ' { "a" : [ 1 , 2 ] }\r\n\t'),
    ("a number of 4,000 digits", "7" * 4_000),
    ("a list 100 levels deep", "[" * 100 + "1" + "]" * 100),
    ("an object 100 levels deep", '{"a":' * 100 + "1" + "}" * 100),
    ("many lists side by side", "[" + ",".join(["[]"] * 200) + "]"),
    ("brackets within a text", '"' + "[" * 200 + '"'),
    ("keys that differ by more than case", '{"a":1,"A":2}'),
)
REFUSED = (
    ("nothing", ""),
    ("a fraction", "1.0"),
    ("an exponent", "1e3"),
    ("a zero in front", "01"),
    ("a sign alone", "-"),
    ("a comma too many", "[1,]"),
    ("two values", "{}{}"),
    ("a key twice", '{"a":1,"a":1}'),
    ("no number", "NaN"),
    ("no end of numbers", "-Infinity"),
    ("other quotes", "'a'"),
    ("a line break within a text", '"\n"'),
    ("an unknown escape", '"\\x"'),
    ("half a word", "tru"),
    ("lists without end", "[" * 200),
    ("a byte order mark", "\ufeff1"),
    ("a number of 4,001 digits", "7" * 4_001),
    ("a list 101 levels deep", "[" * 101 + "1" + "]" * 101),
    ("an object 101 levels deep", '{"a":' * 101 + "1" + "}" * 101),
)


def json_texts_file() -> dict[str, Any]:
    return {
        "read": [{"name": name, "text": text} for name, text in READ],
        "refused": [{"name": name, "text": text} for name, text in REFUSED],
    }
