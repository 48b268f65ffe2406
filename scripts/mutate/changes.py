"""The small changes: one operator, number, word or statement of one of our contracts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CONTRACTS = ROOT / "contracts"
#: Word for word: what is looked for, and what may stand there instead.
SWAPS: list[tuple[str, list[str]]] = [
    (r"<=", ["<", "=="]),
    (r"(?<![<>=!])>=", [">", "=="]),
    (r"(?<![<>=!-])<(?![<=])", ["<=", ">="]),
    (r"(?<![<>=-])>(?![>=])", [">=", "<="]),
    (r"==", ["!="]),
    (r"!=", ["=="]),
    (r"&&", ["||"]),
    (r"\|\|", ["&&"]),
    (r"<<", [">>"]),
    (r">>", ["<<"]),
    (r"(?<=[\w)\]] )\+(?= [\w(])", ["-"]),
    (r"(?<=[\w)\]] )-(?= [\w(])", ["+"]),
    (r"(?<=[\w)\]] )\*(?= [\w(])", ["+"]),
    (r"(?<=[\w)\]] )&(?= [\w(~])", ["|"]),
    (r"(?<=[\w)\]] )\|(?= [\w(])", ["&"]),
    (r"\+\+", ["--"]),
    (r"\+=", ["-="]),
    (r"!(?=[\w_])(?!=)", [""]),
    (r"\btrue\b", ["false"]),
    (r"\bfalse\b", ["true"]),
    (r"(?<![\w.])(?:0|[1-9]\d{0,3})\b(?![\w.])", ["+1", "-1"]),
    (r"(?<=^)( +)(?:emit |revert |_require\w*\(|_\w+\(.*\);$)", ["drop"]),
    (r"\bif \(", ["if (true || ", "if (false && "]),
    (r"\bonlyPlainAccount\b(?! ?\()", [""]),
    (r"\baddmod\b", ["mulmod"]),
    (r"\bmulmod\b", ["addmod"]),
]
SKIPPED = ("interfaces/", "types/", "approval/PasskeyVerifier.sol")


@dataclass(frozen=True)
class Mutant:
    """One change: file, line (from 1), what stood there and what stands there now."""

    path: str
    line: int
    before: str
    after: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.path}:{self.line}: {self.before.strip()}  ->  {self.after.strip()}"


def is_code(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and not bare.startswith(("//", "import ", "pragma ", "error ", "event ", "using ", "library ", "function "))


def changed(line: str, found: re.Match[str], swap: str) -> str:
    """The line with the swap in the match's place."""
    if swap == "drop":
        return line[: found.end(1)] + "{}" if line.rstrip().endswith(";") else line
    if swap in ("+1", "-1"):
        number = int(found[0]) + int(swap)
        return line if number < 0 else line[: found.start()] + str(number) + line[found.end() :]
    return line[: found.start()] + swap + line[found.end() :]


def close_condition(line: str, swap: str) -> str:
    """`if (false && a || b)` would not be what is meant: the former condition gets its own brackets when it ends on this line."""
    if not swap.startswith("if ("):
        return line
    start = line.index(swap) + len(swap)
    depth = 0
    for place in range(start, len(line)):
        depth += {"(": 1, ")": -1}.get(line[place], 0)
        if depth < 0:
            return f"{line[:start]}({line[start:place]}){line[place:]}"
    return line


def mutants_of(path: str) -> Iterator[Mutant]:
    """All mutants of one file."""
    lines = (ROOT / path).read_text().split("\n")
    for number, line in enumerate(lines):
        code = line.split(" //")[0]
        if not is_code(code):
            continue
        for pattern, swaps in SWAPS:
            for found in re.finditer(pattern, code):
                for swap in swaps:
                    after = close_condition(changed(line, found, swap), swap)
                    if after != line:
                        yield Mutant(path, number + 1, line, after, "\n".join([*lines[:number], after, *lines[number + 1 :]]))


def all_mutants() -> list[Mutant]:
    files = sorted(file.relative_to(ROOT).as_posix() for file in CONTRACTS.rglob("*.sol"))
    ours = [file for file in files if not file.removeprefix("contracts/").startswith(SKIPPED)]
    unique = {(m.path, m.text): m for file in ours for m in mutants_of(file)}
    return list(unique.values())
