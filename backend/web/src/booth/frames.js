// Small pictures of the video, about eight a second, handed over in batches as the network takes them.

import { frameFromVideo } from "./camera.js";

const EVERY_MILLISECONDS = 125;
const MOST = 12;

/** Begin to collect; `next()` resolves to the frames since the last call, oldest first, at least one and at most the newest twelve. */
export function collectFrames(video) {
  let frames = [];
  /** @type {((value?: any) => void) | null} */
  let wake = null;
  const timer = window.setInterval(async () => {
    const frame = await frameFromVideo(video).catch(() => null);
    if (!frame) return; // no picture yet
    frames = [...frames, frame].slice(-MOST);
    wake?.();
  }, EVERY_MILLISECONDS);
  return {
    async next() {
      if (!frames.length) await new Promise((resolve) => (wake = resolve));
      const batch = frames;
      frames = [];
      return batch;
    },
    stop: () => window.clearInterval(timer),
  };
}
