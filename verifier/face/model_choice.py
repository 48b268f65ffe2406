"""Which models the workers load: dlib's, or those that an installation names; free of numpy, so that the process that asks stays small."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from verifier.face.decision import MODEL_ID, SFACE_MODEL_ID, Way
from verifier.face.plug_in import NotPluggable, plugged_in


class ModelNotUsable(ValueError):
    """A named model cannot be made, is none, or has no thresholds of its own."""


#: Tables of thresholds that come with this package, by way.
_SHIPPED: dict[Way, str] = {"dlib": "thresholds.json", "sface": "thresholds_sface.json"}
OF_WAYS: dict[Way, str] = {"dlib": MODEL_ID, "sface": SFACE_MODEL_ID}


@dataclass(frozen=True)
class ModelChoice:
    """`way` is one of the two that come with this package; in place of its parts an installation may name its own.

    Each `package.module:Name`, called without arguments: an `Embedder`, a `Landmarker`, an `AttackDetector`; empty: the way's, none.
    `thresholds` is a table as `python -m verifier.face calibrate --write` makes it; empty: the shipped one of the way.
    """

    embedder: str = ""
    landmarker: str = ""
    attack_detector: str = ""
    thresholds: str = ""
    way: Way = "dlib"

    def table(self) -> dict[str, Any]:
        """The table of thresholds. Raises: ModelNotUsable."""
        if self.embedder and not self.thresholds:
            raise ModelNotUsable(f"{self.embedder}: name its thresholds, too; the shipped ones are for {OF_WAYS[self.way]} (docs/face.md)")
        shipped = resources.files("verifier.face").joinpath(_SHIPPED[self.way])
        try:
            table = json.loads((Path(self.thresholds) if self.thresholds else shipped).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ModelNotUsable(f"{self.thresholds}: no table of thresholds: {type(error).__name__}: {error}") from error
        if not isinstance(table, dict) or "model_id" not in table:
            raise ModelNotUsable(f"{self.thresholds}: no table of thresholds: it names no model")
        return table

    @property
    def thresholds_hash(self) -> str:
        """SHA-256 of the table, 0x text: of what it says, not of how its file writes it. Raises: ModelNotUsable."""
        return "0x" + hashlib.sha256(json.dumps(self.table(), sort_keys=True).encode()).hexdigest()

    @property
    def model_id(self) -> str:
        """The model that the thresholds are for. Raises: ModelNotUsable."""
        return str(self.table()["model_id"])

    def make(self, name: str, *parts: str) -> Any:
        """What one of the settings names, with these methods and attributes. Raises: ModelNotUsable."""
        try:
            made = plugged_in(name)
        except NotPluggable as error:
            raise ModelNotUsable(f"{name}: {error}") from error
        if missing := [part for part in parts if not hasattr(made, part)]:
            raise ModelNotUsable(f"{name}: it has no {', '.join(missing)}")
        return made


DLIB, SFACE = ModelChoice(), ModelChoice(way="sface")
#: Every model that this package brings, by the name that references, polls and the log carry.
SHIPPED: dict[str, ModelChoice] = {MODEL_ID: DLIB, SFACE_MODEL_ID: SFACE}
