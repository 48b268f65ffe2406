// The camera: open, take one frame, close. The picture stays in memory until it is sent.

const LONGEST_SIDE = 1280;
const FRAME_SIDE = 480;
const QUALITY = 0.92;
const FAILURES = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};
let stream;

/** Open the front camera into a video element. Answers "" or why not: refused, none, busy, failed. */
export async function openCamera(video) {
  closeCamera();
  if (!navigator.mediaDevices?.getUserMedia) return "none";
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "user" }, width: { ideal: 1280 }, height: { ideal: 960 } },
    });
    video.srcObject = stream;
    await video.play(); // some in-app browsers stay black without it
    return "";
  } catch (error) {
    closeCamera();
    return FAILURES[error.name] ?? "failed";
  }
}

/** Stop the camera; its light goes out. */
export function closeCamera() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
}

/** The frame shown now, as JPEG. */
export const photoFromVideo = (video) => jpegOf(video, video.videoWidth, video.videoHeight, LONGEST_SIDE);

/** The frame shown now, small, for a session of movements. */
export const frameFromVideo = (video) => jpegOf(video, video.videoWidth, video.videoHeight, FRAME_SIDE);

/** A chosen picture, made smaller, as JPEG. Throws when it is no picture. */
export async function photoFromFile(file) {
  const address = URL.createObjectURL(file);
  const image = new Image();
  try {
    image.src = address;
    await image.decode();
    return await jpegOf(image, image.naturalWidth, image.naturalHeight, LONGEST_SIDE);
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function jpegOf(source, width, height, longest) {
  if (!width || !height) throw new Error("no picture");
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}
