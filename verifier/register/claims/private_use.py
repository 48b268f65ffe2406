"""What private code points of GBK and GB18030 files stand for, by GB 18030-2022: code point to the sign that is meant."""

from __future__ import annotations

_RUNS = {
    0xE76C: "€",
    0xE78D: "︐︒︑︓︔︕︖︗︘︙",
    0xE7C7: "ḿǹ",
    0xE7E7: "〾⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻",
    0xE815: "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮",
    0xE825: "㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖",
    0xE835: "䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌龹䜣",
    0xE845: "䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺",
    0xE855: "𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻",
}
MEANT: dict[int, str] = {first + place: sign for first, signs in _RUNS.items() for place, sign in enumerate(signs)}
