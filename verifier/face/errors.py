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
    """The face library cannot be loaded on this machine; faces cannot be compared, vouchers still work."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(
            f"the face library cannot be loaded ({cause}); requirements-face.lock has it, with setuptools<81 for pkg_resources"
        )


class FaceRoomBusy(FaceError):
    """Too many are waiting already; `seconds` is a guess at when a place is free."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"all places are taken; come again in {seconds} s")
