"""The one door to face_recognition and dlib."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

from PIL import ImageFile

from verifier.face.errors import FaceLibraryMissing


def face_library() -> Any:
    """The loaded face_recognition module. Raises: FaceLibraryMissing.

    Without pkg_resources the library prints a hint and ends the process with status 0, so that a test run without it
    would look green; here it becomes an error. It also tells Pillow to accept half a picture; here it may not.
    """
    printed = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
            warnings.simplefilter("ignore")
            import dlib  # noqa: F401 - first, so that what is missing is named as what it is
            import face_recognition
    except SystemExit as error:
        raise FaceLibraryMissing("face_recognition_models or pkg_resources is missing") from error
    except Exception as error:
        raise FaceLibraryMissing(f"{type(error).__name__}: {error}") from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    return face_recognition
