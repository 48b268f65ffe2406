"""What a recount finds: notes of what was seen, findings of what is wrong, papers that are void (protocol §13.1)."""

from collections import Counter
from dataclasses import asdict, dataclass, field

from verifier.tally.names import NAMES, VOID

MOST_KEPT = 20_000  # of one name in one step: a small archive unpacks to more wrong lines than memory holds
LONGEST = 400  # of one value in a finding; whoever wants more looks at the place it names


@dataclass(frozen=True)
class Finding:
    """One thing that a node or a file says wrongly.

    `step` is the number in protocol §13, `name` the finding's name there, `place` the file, line, transaction or view, `what` the rule,
    `expected` and `found` its two sides.
    """

    step: int
    name: str
    place: str
    what: str
    expected: str
    found: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class Wrong(Exception):
    """A node or a file says something that makes it useless for the step at hand; becomes a finding of that name."""

    def __init__(self, name: str, place: str, what: str, expected: object = "", found: object = "") -> None:
        super().__init__(name, place, what, str(expected), str(found))  # all of them, so that it survives the way between processes
        self.name, self.place, self.what, self.expected, self.found = name, place, what, expected, found

    def renamed(self, name: str) -> "Wrong":
        """The same under another name, for what is read by one function in several places."""
        return Wrong(name, self.place, self.what, self.expected, self.found)


class Blocked(Exception):
    """A step needs what an earlier step could not establish."""

    def __init__(self, step: int) -> None:
        super().__init__(f"step {step}")
        self.step = step


def plain(value: object) -> str:
    """A value as one line of printable text: published files and nodes must not be able to write to an auditor's terminal."""
    if isinstance(value, bytes):
        text = "0x" + value.hex()
    elif isinstance(value, int) and value.bit_length() > 4 * LONGEST:
        text = f"a number of {value.bit_length()} bits"
    else:
        text = str(value)
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in cut)


@dataclass
class StepLog:
    """One step's notes and findings, in the order in which they came up."""

    number: int
    name: str
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    void: list[Finding] = field(default_factory=list)
    seconds: float = 0.0  # that the step took
    _counts: Counter[str] = field(default_factory=Counter)

    def note(self, text: str) -> None:
        self.notes.append(plain(text))

    def wrong(self, name: str, place: str, what: str, expected: object = "", found: object = "") -> None:
        """A finding, or a void paper when that is what the name says; of very many under one name the last one kept says so."""
        assert name in NAMES, name
        self._counts[name] += 1
        if self._counts[name] > MOST_KEPT:
            return
        if self._counts[name] == MOST_KEPT:
            what, expected, found = "and more under this name, which are not listed", "", ""
        finding = Finding(self.number, name, plain(place), plain(what), plain(expected), plain(found))
        (self.void if name in VOID else self.findings).append(finding)

    def take(self, wrong: Wrong) -> None:
        """What was raised, as a finding."""
        self.wrong(wrong.name, wrong.place, wrong.what, wrong.expected, wrong.found)

    def equal(self, name: str, place: str, what: str, expected: object, found: object) -> bool:
        """Whether both sides are the same; a finding when they are not."""
        if expected == found and type(expected) is type(found):
            return True
        self.wrong(name, place, what, expected, found)
        return False

    def holds(self, name: str, place: str, what: str, true: bool, expected: object = "", found: object = "") -> bool:
        """Whether the statement is true; a finding when it is not."""
        if not true:
            self.wrong(name, place, what, expected, found)
        return true

    @property
    def clean(self) -> bool:
        return not self.findings
