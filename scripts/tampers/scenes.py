"""`python -m scripts.tampers.scenes FOLDER`: every lie as a bundle with what is brought to it, and an index of what has to be found.

`index.json` is a list of `{"kind", "name", "finding", "verdict", "arguments"}`; `arguments` are those of a recount, relative to the folder.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.tampers.forge.vote import START
from scripts.tampers.lies.catalogue import LIES, VOID
from scripts.tampers.lies.conditions import HONEST as WITH_CONDITIONS
from scripts.tampers.lies.kinds import Lie, setting
from scripts.tampers.lies.logs import HONEST as WITH_ITS_LOG
from scripts.tampers.lies.outsiders import HONEST as WITNESSED
from scripts.tampers.lies.sample import HONEST as SAMPLED
from scripts.tampers.lies.sealed import HONEST as SEALED_HONEST
from scripts.tampers.lies.states import honest
from scripts.tampers.lies.successions import ANOTHER
from scripts.tampers.lies.successions import HONEST as SUCCEEDED

SHORT = {"rehearsal": True, "opens_at": START + 460, "challenge_seconds": 1}
HONEST = (
    Lie("honest", "a vote as it was", ""),
    Lie("honest", "a vote with its state", "", after=honest),
    Lie("honest", "a rehearsal with the shortest periods", "", before=setting(**SHORT)),
    Lie("honest", "a vote whose officials are succeeded after the decision", "", before=SUCCEEDED),
    Lie("honest", "a vote whose officials are succeeded by those named second", "", before=ANOTHER),
    WITH_ITS_LOG,
    WITNESSED,
    *SAMPLED,
    *WITH_CONDITIONS,
    *SEALED_HONEST,
)


@dataclass(frozen=True)
class Scene:
    """A bundle, what is brought to it, and what every recount has to say."""

    kind: str
    name: str
    finding: str
    verdict: str
    arguments: list[str]


def write_all(folder: Path, only: str = "") -> list[Scene]:
    """All scenes, or those of which the kind begins with `only` and the honest ones, written into the folder with their index."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [(lie, verdict) for lie, verdict in _all() if lie.kind.startswith(only) or lie in HONEST]
    scenes = [_written(folder, number, lie, verdict) for number, (lie, verdict) in enumerate(chosen)]
    (folder / "index.json").write_text(json.dumps([asdict(scene) for scene in scenes], ensure_ascii=False, indent=1) + "\n")
    return scenes


def read_all(folder: Path) -> list[Scene]:
    """The scenes that `write_all` wrote into the folder."""
    return [Scene(**scene) for scene in json.loads((folder / "index.json").read_bytes())]


def _all() -> Iterator[tuple[Lie, str]]:
    yield from ((lie, "agrees") for lie in HONEST)
    yield from ((lie, "differs") for lie in LIES)
    yield from ((lie, "agrees, papers void") for lie in VOID)


def _written(folder: Path, number: int, lie: Lie, verdict: str) -> Scene:
    name = f"{number:03d}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a name that stands twice is one of the lies
        brought = lie.write(folder / f"{name}.zip")
    arguments = ["--evidence", f"{name}.zip"]
    for place, (option, content) in enumerate(brought.files.items()):
        (folder / f"{name}-{place}").write_bytes(content)
        arguments += [option, f"{name}-{place}"]
    for option, value in brought.options.items():
        arguments += [option, value]
    return Scene(lie.kind, lie.name, lie.finding, verdict, arguments)


if __name__ == "__main__":
    written = write_all(Path(sys.argv[1]))
    print(json.dumps({"scenes": len(written)}))
