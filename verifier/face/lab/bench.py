"""`python -m verifier.face.lab.bench PHOTO`: what one session costs, beside the plain library doing the same frames."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

import numpy as np

from verifier.face.embedder import DlibEmbedder
from verifier.face.frames import FrameReader
from verifier.face.lab.actors import Scripted
from verifier.face.lab.folders import as_photo
from verifier.face.lab.puppet import Act, Puppet
from verifier.face.library import face_library
from verifier.face.liveness import Liveness
from verifier.face.liveness_state import LivenessState
from verifier.face.pictures import open_picture

FRAMES = 60


def main(arguments: list[str]) -> int:
    """Print figures and one JSON line: CPU milliseconds."""
    if len(arguments) != 1:
        print("python -m verifier.face.lab.bench PHOTO (of one face)", file=sys.stderr)
        return 2
    reader = FrameReader()
    liveness, puppet = Liveness(reader, DlibEmbedder()), Puppet(as_photo(Path(arguments[0])), reader)
    clip, finished = _clip(liveness, puppet)
    ours = min(_session(liveness, clip) for _ in range(3))
    library = _library(clip[:: FRAMES // 12]) * FRAMES / 12
    figures = {"cpu_ms_per_session": round(ours), "frames_per_s": round(1000 * len(clip) / ours, 1), "library_cpu_ms": round(library)}
    print(f"{len(clip)} frames with 4 encodings; the library finds, aligns and encodes every frame (12 measured, times {FRAMES // 12})")
    print(json.dumps(figures | {"frames": len(clip), "finished": finished}))
    return 0 if finished else 1


def _clip(liveness: Liveness, puppet: Puppet) -> tuple[list[bytes], bool]:
    """60 frames of one session: the puppet waits between its movements, as people do."""
    actor = Scripted(puppet.show, random.Random(1))  # noqa: S311 - repeatable
    state = LivenessState.begin(("turn_left", "open_mouth", "turn_right"), 0.0)
    clip: list[bytes] = []
    while len(clip) < FRAMES and not state.done and not state.failed:
        waiting = [puppet.show(Act(shift=(place % 3, place % 2))) for place in range(2)] if state.step else []
        movement = [actor.frame(state) for _ in range(9)]
        batch = (waiting + movement)[: FRAMES - len(clip)]
        clip += batch
        state = liveness.advance(state, batch, 0.1 * len(clip))
    idle = [puppet.show(Act(shift=(place % 3, 0))) for place in range(FRAMES - len(clip))]
    return idle + clip, state.done


def _session(liveness: Liveness, clip: list[bytes]) -> float:
    """Idle frames are watched at the first step's end, where a person looks on before moving."""
    began = time.process_time()
    state = LivenessState.begin(("turn_left", "open_mouth", "turn_right"), 0.0)
    for place, frame in enumerate(clip):
        state = liveness.advance(state, [frame], 0.1 * place)
    return 1000 * (time.process_time() - began)


def _library(clip: list[bytes]) -> float:
    library = face_library()
    began = time.process_time()
    for frame in clip:
        picture = open_picture(frame)
        np.asarray(library.face_encodings(picture, library.face_locations(picture), model="large"))
    return 1000 * (time.process_time() - began)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
