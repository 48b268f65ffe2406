"""Why a picture or a comparison ended as it did, in words for the person in front of the camera."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One reason; `code` never changes, the sentences may."""

    code: str
    zh: str
    en: str


NOT_A_PICTURE = Reason(
    "NotAPicture", "文件不是 JPEG 或 PNG 照片，请重新拍照。", "This is not a JPEG or PNG photo. Please take a photo again."
)
MOVING_PICTURE = Reason("MovingPicture", "收到的是动图或视频，请拍摄一张照片。", "This is a moving picture. Please take a single photo.")
HEIC_PICTURE = Reason(
    "PictureHeic",
    "这是 HEIC 格式的照片，暂不支持。苹果手机请在“设置 > 相机 > 格式”中选“兼容性最佳”后重拍，或另存为 JPEG。",
    "This photo is in the format HEIC, which is not taken. On an iPhone choose Settings, Camera, Formats, Most Compatible and take it "
    "again, or save it as JPEG.",
)
TOO_MANY_BYTES = Reason(
    "PictureTooHeavy", "照片文件过大（上限 20 MB），请重新拍照。", "The photo's file is too large (20 MB at most). Please take it again."
)
TOO_MANY_PIXELS = Reason(
    "PictureTooLarge",
    "照片尺寸过大（JPEG 上限 2.5 亿像素，逐行显示的 5000 万，PNG 2500 万），请调低分辨率后重拍。",
    "The photo has too many pixels (at most 250 million as JPEG, 50 million if progressive, 25 million as PNG). "
    "Please use a lower resolution.",
)
TOO_FEW_PIXELS = Reason("PictureTooSmall", "照片尺寸过小，请重新拍照。", "The photo has too few pixels. Please take it again.")
TRUNCATED = Reason(
    "PictureIncomplete",
    "照片不完整，可能传输中断，请重新拍照。",
    "The photo is incomplete, perhaps the transfer broke off. Please take it again.",
)
TOO_SLOW = Reason("PictureNotReadable", "照片无法处理，请重新拍照。", "The photo could not be processed. Please take it again.")
NO_FACE = Reason(
    "NoFace",
    "照片中没有找到人脸，请正对镜头、露出整张脸。",
    "No face was found. Please look straight into the camera with the whole face showing.",
)
SEVERAL_FACES = Reason("SeveralFaces", "照片中有不止一张人脸，请独自入镜。", "There is more than one face. Please be alone in the picture.")
FACE_TOO_SMALL = Reason("FaceTooSmall", "人脸太小，请靠近镜头。", "The face is too small. Please come closer to the camera.")
FACE_CUT_OFF = Reason(
    "FaceCutOff", "人脸没有完全入镜，请把脸放在画面中间。", "Part of the face is outside the picture. Please keep it in the middle."
)
BLURRED = Reason(
    "FaceBlurred", "照片模糊，请拿稳手机、擦净镜头后重拍。", "The photo is blurred. Please hold the phone still and wipe the lens."
)
TOO_DARK = Reason("FaceTooDark", "光线太暗，请到明亮的地方。", "It is too dark. Please go where there is more light.")
TOO_BRIGHT = Reason("FaceTooBright", "光线太强，请避开强光或逆光。", "It is too bright. Please avoid strong light or light from behind.")
TOO_FLAT = Reason(
    "FaceWithoutContrast", "画面对比度太低，请换一个光线均匀的地方。", "The face can hardly be made out. Please go where the light is even."
)
LOOKS_DRAWN = Reason(
    "LooksDrawn", "这像是一幅画，不是照片，请用相机拍摄本人。", "This looks like a drawing, not a photo. Please take a photo of yourself."
)

MATCHES = Reason("Matches", "人脸核验通过。", "The face matches.")
NOT_SURE = Reason(
    "NotSure",
    "这次无法确定是您本人，请换个光线重试；也可以随时改由两名工作组人员核对。",
    "This time it is not certain that it is you. Please try again in other light; two officials can check instead at any time.",
)
DOES_NOT_MATCH = Reason(
    "DoesNotMatch",
    "照片与留存照片不一致。请改由两名工作组人员通过视频或现场核对，您的投票权不受影响。",
    "The photo does not match the one on file. Please let two officials check by video or at the counter; you keep your right to vote.",
)
PROBES_DIFFER = Reason(
    "ProbesDiffer", "几张照片不像同一个人，请独自重新拍照。", "The photos do not show the same person. Please take them again, alone."
)

STEP_WRONG = Reason(
    "WrongStep",
    "动作与提示不一致，请重新开始，按提示逐步完成。",
    "That was not the movement asked for. Please begin again and follow the steps one by one.",
)
STEP_TOO_LATE = Reason(
    "StepTooLate",
    "没有在规定时间内完成动作，请重新开始；也可以改由两名工作组人员核对。",
    "The movement was not seen in time. Please begin again, or let two officials check.",
)
PERSON_CHANGED = Reason(
    "PersonChanged", "过程中出现了另一张脸，请独自重新开始。", "Another face appeared on the way. Please begin again, alone."
)
NOT_LIVE = Reason(
    "NotLive",
    "画面不像是真人面对镜头，请在光线充足处重新开始，或改由两名工作组人员核对。",
    "This does not look like a person in front of the camera. Please begin again in good light, or ask two officials.",
)
SEEN_BEFORE = Reason(
    "SessionSeenBefore",
    "画面与以前的一次核验几乎相同，请面对镜头现场重新开始，或改由两名工作组人员核对。",
    "The pictures are nearly those of an earlier session. Please begin again in front of the camera, or let two officials check.",
)
TOO_MANY_FRAMES = Reason("TooManyFrames", "收到的画面过多，请重新开始。", "Too many pictures arrived. Please begin again.")
LOOK_STRAIGHT = Reason("LookStraight", "请正对镜头，睁眼，闭嘴。", "Please look straight into the camera, eyes open, mouth closed.")
