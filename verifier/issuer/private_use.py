"""Where signs belong that GBK and GB18030 kept in the private use area (GB 18030-2022); the backend has its own table, on one vector."""

from __future__ import annotations


def _row(first: int, places: str) -> dict[str, str]:
    return {chr(first + step): chr(int(place, 16)) for step, place in enumerate(places.split())}


MEANT = {
    **_row(0xE76C, "20AC"),
    **_row(0xE78D, "FE10 FE12 FE11 FE13 FE14 FE15 FE16 FE17 FE18 FE19"),
    **_row(0xE7C7, "1E3F 01F9"),
    **_row(0xE7E7, "303E 2FF0 2FF1 2FF2 2FF3 2FF4 2FF5 2FF6 2FF7 2FF8 2FF9 2FFA 2FFB"),
    **_row(0xE815, "2E81 20087 20089 200CC 2E84 3473 3447 2E88 2E8B 9FB4 359E 361A 360E 2E8C 2E97 396E"),
    **_row(0xE825, "3918 9FB5 39CF 39DF 3A73 39D0 9FB6 9FB7 3B4E 3C6E 3CE0 2EA7 215D7 9FB8 2EAA 4056"),
    **_row(0xE835, "415F 2EAE 4337 2EB3 2EB6 2EB7 2298F 43B1 43AC 2EBB 43DD 44D6 4661 464C 9FB9 4723"),
    **_row(0xE845, "4729 477C 478D 2ECA 4947 497A 497D 4982 4983 4985 4986 499F 499B 49B7 49B6 9FBA"),
    **_row(0xE855, "241FE 4CA3 4C9F 4CA0 4CA1 4C77 4CA2 4D13 4D14 4D15 4D16 4D17 4D18 4D19 4DAE 9FBB"),
}
"""Private sign to the sign that is meant."""
