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


def landmark_model() -> tuple[Any, Any]:
    """dlib's loaded 68-point predictor and its rectangle type. Raises: FaceLibraryMissing."""
    face_library()
    import dlib
    import face_recognition_models

    return dlib.shape_predictor(face_recognition_models.pose_predictor_model_location()), dlib.rectangle


def frontal_detector() -> Any:
    """dlib's HOG detector, called with grey pixels and the number of enlargements. Raises: FaceLibraryMissing."""
    face_library()
    import dlib

    return dlib.get_frontal_face_detector()


def embedding_model() -> Any:
    """dlib's ResNet for 150 x 150 RGB chips, and the function that cuts them. Raises: FaceLibraryMissing."""
    face_library()
    import dlib
    import face_recognition_models

    return dlib.face_recognition_model_v1(face_recognition_models.face_recognition_model_location())
