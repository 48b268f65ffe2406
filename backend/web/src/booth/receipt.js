// The receipt, and where the ballot is now.

import { closeSession, get } from "../page/api.js";
import { acting } from "../page/actions.js";
import { fill, one, part } from "../page/dom.js";
import { beijing } from "../page/words.js";
import { asLink } from "./check_file.js";
import { drawReceipt } from "./picture.js";
import { say } from "./say.js";
import { eraseKey, onLeaving, screenNow, show, state } from "./state.js";

const ASK_AGAIN_MILLISECONDS = 2000;
const FINAL = ["confirmed", "missed", "superseded"];
let timer;

/** Show the receipt just given; `good` says whether its signature is for exactly this ballot, `keyCode` is of the key on this device. */
export function showReceipt(receipt, good, keyCode) {
  const address = "/receipts/" + encodeURIComponent(receipt.number);
  fill("receipt-number", receipt.number);
  fill("received", beijing(receipt.received_at));
  fill("key-code", keyCode);
  part("receipt-good", good);
  part("receipt-bad", !good);
  one('[data-image="qr"]').src = address + "/qr.svg";
  showPicture(receipt, address + "/qr.svg", keyCode);
  asLink(one('[data-link="check-file"]'), state.poll, state.plan, state.claim, receipt);
  one('[data-link="receipt"]').href = address;
  showStatus(receipt.status);
  show("receipt");
  look(receipt.number);
}

/** A picture to keep in place of the bare code; where it cannot be drawn, the code stays. */
async function showPicture(receipt, codeAddress, keyCode) {
  const image = one('[data-image="qr"]');
  const link = one('[data-link="picture"]');
  link.hidden = true;
  image.className = "";
  const lines = [
    say("booth.voted_number", { number: receipt.number }),
    say("booth.picture_received", { moment: beijing(receipt.received_at) }),
    say("booth.picture_key", { code: keyCode }),
    say(state.poll.sealing ? "booth.picture_words_sealed" : "booth.picture_words", { address: location.origin }),
  ];
  try {
    const picture = URL.createObjectURL(await drawReceipt({ title: state.plan.title, lines, codeAddress }));
    image.src = picture;
    image.className = "kept";
    link.href = picture;
    link.download = receipt.number + ".png";
    link.hidden = false;
  } catch {
    // number and code stand on the page
  }
}

function showStatus(status) {
  fill("status", say("common.status_" + status));
  fill("status-words", say("common.status_words_" + status));
  one('[data-screen="receipt"] .status').className = "status status-" + status;
}

function look(number) {
  window.clearTimeout(timer);
  timer = window.setTimeout(async () => {
    let status = "";
    try {
      ({ status } = await get("/api/receipts/" + encodeURIComponent(number)));
    } catch {
      // the network comes back or does not; the receipt stays
    }
    if (screenNow() !== "receipt") return;
    if (status) showStatus(status);
    if (!FINAL.includes(status)) look(number);
  }, ASK_AGAIN_MILLISECONDS);
}

/** Connect buttons; the one that changes a ballot goes to `openClaim`. */
export function prepareReceipt(openClaim) {
  one('[data-act="finish"]').addEventListener(
    "click",
    acting(async () => {
      eraseKey();
      await closeSession();
      show("signed-out");
    }),
  );
  one('[data-act="change"]').addEventListener("click", acting(openClaim));
  onLeaving((screen) => screen === "receipt" && window.clearTimeout(timer));
}
