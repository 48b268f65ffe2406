"""Characters that GBK and GB18030 kept in the private use area until Unicode had them; fonts of today know them by their own place only.

Sources: GB 18030-2022, table of changed mappings (18 signs), and the signs at FE50 to FEA0 and A2E3, A6D9 to A6F3, A8BC, A8BF, A989 to A995
of the editions before.
"""

from __future__ import annotations

# FE50 to FEA0 without FE7F, in order, at U+E815 to U+E864.
_FE50 = (
    "\u2e81\U00020087\U00020089\U000200cc\u2e84\u3473\u3447\u2e88\u2e8b\u9fb4\u359e\u361a\u360e\u2e8c\u2e97\u396e"
    "\u3918\u9fb5\u39cf\u39df\u3a73\u39d0\u9fb6\u9fb7\u3b4e\u3c6e\u3ce0\u2ea7\U000215d7\u9fb8\u2eaa\u4056"
    "\u415f\u2eae\u4337\u2eb3\u2eb6\u2eb7\U0002298f\u43b1\u43ac\u2ebb\u43dd\u44d6\u4661\u464c\u9fb9\u4723"
    "\u4729\u477c\u478d\u2eca\u4947\u497a\u497d\u4982\u4983\u4985\u4986\u499f\u499b\u49b7\u49b6\u9fba"
    "\U000241fe\u4ca3\u4c9f\u4ca0\u4ca1\u4c77\u4ca2\u4d13\u4d14\u4d15\u4d16\u4d17\u4d18\u4d19\u4dae\u9fbb"
)
_OTHERS = {
    0xE76C: "\u20ac",
    **dict(zip(range(0xE78D, 0xE797), "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19", strict=True)),
    0xE7C7: "\u1e3f",
    0xE7C8: "\u01f9",
    **dict(zip(range(0xE7E7, 0xE7F4), "\u303e\u2ff0\u2ff1\u2ff2\u2ff3\u2ff4\u2ff5\u2ff6\u2ff7\u2ff8\u2ff9\u2ffa\u2ffb", strict=True)),
}
MAPPED_PRIVATE_USE: dict[int, str] = {**dict(zip(range(0xE815, 0xE865), _FE50, strict=True)), **_OTHERS}
"""Private code point to the sign that is meant."""
