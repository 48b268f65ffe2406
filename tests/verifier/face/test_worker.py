"""The face room: decides on real photos, answers hostile ones, and stays small."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from tests.verifier.face.photos import Faces
from tests.verifier.face.pictures_made import HOSTILE, cartoon, cartoons, encode, hostile, pattern
from verifier.face.errors import FaceLibraryMissing, FaceRoomBusy, PictureRefused
from verifier.face.liveness import MOST_FRAMES
from verifier.face.liveness_state import LivenessState
from verifier.face.replays import Look
from verifier.face.worker import FaceRoom

ROOT = Path(__file__).resolve().parents[3]


def opened(photo: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo)).convert("RGB")


def refusal(room: FaceRoom, image: bytes) -> str:
    with pytest.raises(PictureRefused) as refused:
        room.read(image, "probe")
    return refused.value.reason.code


def test_the_lender_is_accepted_and_a_stranger_sent_to_officials(room: FaceRoom, faces: Faces) -> None:
    reference = room.read(faces.lender, "reference").embedding
    assert len(reference) == 512
    assert room.match([reference], [faces.lender_again]).outcome == "accepted"
    stranger = room.match([reference], [faces.stranger])
    assert (stranger.outcome, stranger.reason.code) == ("official", "DoesNotMatch")


def test_a_stranger_among_the_probes_is_noticed(room: FaceRoom, faces: Faces) -> None:
    reference = room.read(faces.lender, "reference").embedding
    assert room.match([reference], [faces.lender_again, faces.stranger]).reason.code == "ProbesDiffer"


@pytest.mark.parametrize(("orientation", "degrees"), [(3, 180), (6, 90), (8, 270)])
def test_a_photo_taken_sideways_is_read(room: FaceRoom, faces: Faces, orientation: int, degrees: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    sideways = encode(opened(faces.lender_again).rotate(degrees, expand=True), exif=exif.tobytes())
    reference = room.read(faces.lender, "reference").embedding
    assert room.match([reference], [sideways]).outcome == "accepted"


def test_two_people_and_a_blurred_face_are_refused(room: FaceRoom, faces: Faces) -> None:
    lender = opened(faces.lender).resize((400, 500))
    both = Image.new("RGB", (800, 500))
    both.paste(lender, (0, 0))
    both.paste(lender, (400, 0))
    assert _refused_in_a_second(room, encode(both)) == "SeveralFaces"
    assert refusal(room, encode(lender.filter(ImageFilter.GaussianBlur(6)))) == "FaceBlurred"


def test_hostile_pictures_get_their_reason_and_the_worker_stays_small(room: FaceRoom) -> None:
    room.start()
    before = _worker_memory(room)
    for name, (_, code) in HOSTILE.items():
        assert _refused_in_a_second(room, hostile(name)) == code, name
    for _ in range(3):  # 25 million pixels that are really there, the most that is ever decoded
        assert refusal(room, encode(pattern(5_000, 5_000), "PNG")) == "NoFace"
    if before:
        assert _worker_memory(room) - before < 400_000, "kB more than with the models alone"


def test_a_drawing_is_told_that_it_is_one(room: FaceRoom) -> None:
    answers = {name: _refused_in_a_second(room, drawing) for name, drawing in cartoons().items()}
    assert set(answers.values()) <= {"LooksDrawn", "NoFace"}, answers
    assert "LooksDrawn" in answers.values(), "the detector has to take one of them for a face, else this shows nothing"


def test_a_shaded_drawing_is_compared_and_is_nobody(room: FaceRoom, faces: Faces) -> None:
    reference = room.read(faces.lender, "reference").embedding
    began = time.monotonic()
    decision = room.match([reference], [encode(cartoon(shaded=True))])
    assert (decision.outcome, decision.reason.code) == ("official", "DoesNotMatch")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(("light", "quality"), [(1.0, 10), (0.6, 20), (1.4, 15)])
def test_a_poor_photo_is_not_called_a_drawing(room: FaceRoom, faces: Faces, light: float, quality: int) -> None:
    poor = encode(ImageEnhance.Brightness(opened(faces.lender)).enhance(light), quality=quality)
    assert room.read(poor, "probe").side >= 80


def test_a_session_of_ten_thousand_frames_ends_at_once_with_its_reason(room: FaceRoom) -> None:
    room.start()
    state = vars(LivenessState.begin(("blink", "turn_left", "blink"), 0.0))
    began = time.monotonic()
    ended = room.watch(state, [hostile("truncated JPEG")] * 10_000, 1.0)
    assert time.monotonic() - began < 10, "240 are looked at and the others are not"
    assert (ended["failed"]["code"], ended["frames"]) == ("TooManyFrames", 241)


def _refused_in_a_second(room: FaceRoom, image: bytes) -> str:
    """The reason. The quickest of three counts: what else the machine does is not the picture's doing."""
    room.start()
    taken = []
    for _ in range(3):
        began = time.monotonic()
        code = refusal(room, image)
        taken.append(time.monotonic() - began)
        if taken[-1] < 1:
            return code
    raise AssertionError(f"{code} after {min(taken):.1f} s")


def _worker_memory(room: FaceRoom) -> int:
    """Highest resident memory of the worker, kB; 0 where the system does not tell."""
    status = Path(f"/proc/{_worker(room).pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _worker(room: FaceRoom) -> SpawnProcess:
    waiting = room._idle.queue[-1]
    assert not isinstance(waiting, str), "the worker is not at rest"
    return waiting._process


def test_a_job_beyond_its_time_ends_with_a_reason_and_the_next_one_works() -> None:
    room = FaceRoom(workers=1)
    try:
        room.start()
        first = _worker(room).pid
        room._job_seconds = 0.0001
        assert refusal(room, encode(pattern(900, 900))) == "PictureNotReadable"
        room._job_seconds = 30
        assert refusal(room, encode(pattern())) == "NoFace"
        assert _worker(room).pid != first
    finally:
        room.close()


def test_a_worker_that_dies_is_replaced(room: FaceRoom) -> None:
    room.start()
    _worker(room).kill()
    _worker(room).join()
    assert refusal(room, encode(pattern())) == "PictureNotReadable"
    assert refusal(room, encode(pattern())) == "NoFace"


def test_the_longest_session_comes_back_whole(room: FaceRoom) -> None:
    most = LivenessState.begin(("turn_left", "blink", "turn_left"), 0.0)
    most.step, most.frames, most.looks, most.trail = 3, MOST_FRAMES, [str(Look(1, 1))] * 4, [str(Look(1, 1))] * MOST_FRAMES
    most.keys, most.base, most.base_points = ["ff" * 512] * 4, [0.123456789012345] * 5, [[123.456789012345, 234.567890123456]] * 68
    most.turned = [[0.123456789012345] * 4] * 100
    back = LivenessState(**room.watch(most.as_json(), [encode(pattern())], 0.1))
    assert len(back.trail) == MOST_FRAMES


def test_a_full_room_says_when_to_come_again_and_nobody_is_lost() -> None:
    room = FaceRoom(workers=1, queue_length=1)
    room.start()
    start = threading.Barrier(6)
    outcomes: list[int | str] = []

    def visit() -> None:
        start.wait()
        try:
            room.read(encode(pattern(900, 900)), "probe")
        except FaceRoomBusy as busy:
            outcomes.append(busy.seconds)
        except PictureRefused as refused:
            outcomes.append(refused.reason.code)

    visitors = [threading.Thread(target=visit) for _ in range(6)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    room.close()
    served = [outcome for outcome in outcomes if outcome == "NoFace"]
    assert len(served) >= 2
    assert all(isinstance(outcome, int) and outcome >= 1 for outcome in outcomes if outcome not in served)
    assert len(served) < 6


def test_a_missing_library_is_an_error_and_not_a_silent_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The library prints a hint and exits with status 0 when pkg_resources is missing.
    (tmp_path / "pkg_resources.py").write_text("raise ImportError('gone')")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    script = (
        "from verifier.face.library import face_library\ntry:\n face_library()\nexcept Exception as error:\n print(type(error).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "FaceLibraryMissing"
    command = [sys.executable, "-m", "verifier.face", "match", "pyproject.toml", "pyproject.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "setuptools<81" in done.stderr


def test_the_asking_process_never_loads_the_library() -> None:
    script = (
        "import sys\n"
        "from verifier.face.worker import FaceRoom\n"
        "room = FaceRoom(workers=1)\n"
        "try:\n room.read(b'', 'probe')\n"
        "except Exception as error:\n print(error)\n"
        "room.close()\n"
        "print(sorted({'dlib', 'face_recognition', 'numpy', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stdout.startswith("NotAPicture")


def test_missing_library_is_told_to_every_caller(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pkg_resources.py").write_text("raise ImportError('gone')")
    monkeypatch.syspath_prepend(tmp_path)
    room = FaceRoom(workers=1, queue_length=0)
    for _ in range(2):
        with pytest.raises(FaceLibraryMissing):
            room.read(b"", "probe")
