"""The measuring commands: evaluate, calibrate, liveness-eval."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Protocol

from verifier.face.model_choice import OF_WAYS, SHIPPED, ModelChoice


class Subcommands(Protocol):
    """What argparse gives for sub-commands."""

    def add_parser(self, name: str, *, help: str) -> ArgumentParser:
        """A new sub-command."""


def describe(commands: Subcommands) -> None:
    """Add the measuring commands."""
    evaluate = commands.add_parser("evaluate", help="error rates by group at the shipped threshold, with bounds")
    evaluate.add_argument("folder", type=Path, help="DIR/person/photo or DIR/group/person/photo")
    evaluate.add_argument("--references", type=int, default=1, choices=[1, 2, 3])
    evaluate.add_argument("--probes", type=int, default=1, choices=[1, 2, 3])
    evaluate.add_argument("--json", action="store_true", help="print nothing but the figures")
    evaluate.add_argument("--plots", type=Path, help="a folder for ROC and histograms, SVG")
    evaluate.add_argument("--way", choices=["dlib", "sface"], default="dlib", help="whose parts read the photos")
    evaluate.add_argument("--embedder", default="", help="package.module:Name in place of dlib's; then --thresholds, too")
    evaluate.add_argument("--thresholds", default="", help="a table that calibrate wrote, in place of the shipped one")
    calibrate = commands.add_parser("calibrate", help="a table of thresholds from photos")
    calibrate.add_argument("folder", type=Path)
    calibrate.add_argument("--data", default="", help="what the photos are, for the table")
    calibrate.add_argument("--write", type=Path, help="where the table goes; standard output otherwise")
    calibrate.add_argument("--way", choices=["dlib", "sface"], default="dlib", help="whose parts read the photos")
    calibrate.add_argument("--embedder", default="", help="package.module:Name in place of dlib's")
    calibrate.add_argument(
        "--grey-band", type=float, help="distance above a threshold that asks once more; left out: as shipped for the way"
    )
    calibrate.add_argument("--by-halves", action="store_true", help="keep the aim in each half of a group's people, too")
    calibrate.add_argument("--same-person-limit", type=float, help="distance from which probes are not averaged; left out: as shipped")
    live = commands.add_parser("liveness-eval", help="attacks of each species and scripted sessions, made from photos")
    live.add_argument("folder", type=Path)
    live.add_argument("--attacks", type=int, default=150, help="a species, and as many genuine sessions")
    live.add_argument("--half", choices=["first", "second"], help="every other person only; bounds were chosen on the first")
    live.add_argument("--way", choices=["dlib", "sface"], default="dlib", help="whose parts judge")
    live.add_argument("--workers", type=int, default=2)
    live.add_argument("--json", action="store_true", help="print nothing but the figures")


def run(asked: Namespace) -> int:
    """Run the command asked for. Raises: ValueError, OSError, FaceError."""
    chosen = {"evaluate": _evaluate, "calibrate": _calibrate, "liveness-eval": _liveness}
    return chosen[asked.command](asked)


def _evaluate(asked: Namespace) -> int:
    from verifier.face.furnishing import reader_of
    from verifier.face.lab.evaluation import distances, enrol, figures
    from verifier.face.lab.folders import left_out
    from verifier.face.lab.plots import draw
    from verifier.face.matcher import MatchPolicy

    choice = ModelChoice(asked.embedder, thresholds=asked.thresholds, way=asked.way)
    reader = reader_of(choice)
    policy = MatchPolicy.load(reader.embedder.model_id, choice)
    enrolled = enrol(asked.folder, reader)
    below = policy.below(asked.references, asked.probes)
    groups = {name: figures(group, asked.references, asked.probes, below) for name, group in enrolled.groups.items()}
    if asked.plots:
        for name, group in enrolled.groups.items():
            if "fmr" in groups[name]:
                draw(asked.plots, name, *distances(group.people, asked.references, asked.probes))
    if not asked.json:
        for name, facts in groups.items():
            print(_sentence(name, facts))
    size = {"model_id": policy.model_id, "references": asked.references, "probes": asked.probes}
    facts = size | {"groups": groups, "left_out": left_out(asked.folder)}
    print(json.dumps(facts | {"cpu_ms_per_decision": round(enrolled.milliseconds_a_photo * asked.probes, 1)}))
    return 0


def _sentence(name: str, facts: dict[str, Any]) -> str:
    if "fmr" not in facts:
        return f"{name}: too few people or photos a person"
    others = f"others accepted {facts['fmr']:.1e} (at most {facts['fmr_upper95']:.1e} of {facts['impostor']})"
    lenders = f"lenders not accepted {facts['fnmr']:.3f} of {facts['genuine']}, at 1 in 1,000 {facts['fnmr_at_fmr_1e3']:.3f}"
    enrolled = f"EER {facts['eer']:.3f}, not enrolled {facts['failures_to_enrol']}"
    return f"{name}: {facts['people']} people, below {facts['threshold']}: {others}; {lenders}; {enrolled}"


def _calibrate(asked: Namespace) -> int:
    from verifier.face.furnishing import reader_of
    from verifier.face.lab.calibration import calibrate
    from verifier.face.lab.evaluation import enrol
    from verifier.face.matcher import MatchPolicy

    shipped, reader = (
        MatchPolicy.load(OF_WAYS[asked.way], SHIPPED[OF_WAYS[asked.way]]),
        reader_of(ModelChoice(asked.embedder, way=asked.way)),
    )
    grey_band = shipped.grey_band if asked.grey_band is None else asked.grey_band
    limit = shipped.same_person_limit if asked.same_person_limit is None else asked.same_person_limit
    table = calibrate(enrol(asked.folder, reader), reader.embedder.model_id, asked.data, grey_band, limit, by_halves=asked.by_halves)
    text = json.dumps(table, indent=1) + "\n"
    if asked.write:
        asked.write.write_text(text, "utf-8")
    print(json.dumps({f"{row['references']}+{row['probes']}": row["below"] for row in table["rows"]}) if asked.write else text)
    return 0


def _liveness(asked: Namespace) -> int:
    from verifier.face.lab.folders import left_out
    from verifier.face.lab.liveness_trials import run_trials

    found = run_trials(asked.folder, asked.half, asked.attacks, asked.workers, quiet=asked.json, way=asked.way) | {
        "left_out": left_out(asked.folder)
    }
    for name, facts in {} if asked.json else found["species"].items():
        print(f"{name}: {facts['accepted']} of {facts['attacks']} accepted, APCER at most {facts['upper95']:.3f}")
    print(json.dumps(found))
    return 0
