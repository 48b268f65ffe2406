"""What keeps the face room from deciding.

FaceError
├── PictureRefused        this picture cannot be used; carries the reason for the person
├── FaceLibraryMissing    face_recognition, its models or pkg_resources are not installed
└── FaceRoomBusy          the queue is full; carries after how many seconds to come again
"""

from __future__ import annotations

from verifier.face.reasons import Reason


class FaceError(Exception):
    """The face room cannot decide."""


class PictureRefused(FaceError):
    """This picture cannot be used."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(f"{reason.code}: {reason.en}")


class FaceLibraryMissing(FaceError):
    """The face library cannot be loaded on this machine; faces cannot be compared, vouchers still work.

    `cause` may say by itself what to do; else it is said where dlib's way is installed from.
    """

    def __init__(self, cause: str, *, says_what_to_do: bool = False) -> None:
        self.cause = cause
        remedy = "" if says_what_to_do else "; requirements-face.lock has it, with setuptools<81 for pkg_resources"
        super().__init__(f"the face library cannot be loaded ({cause}){remedy}")


class FaceRoomBusy(FaceError):
    """Too many are waiting already; `seconds` is a guess at when a place is free."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"all places are taken; come again in {seconds} s")
