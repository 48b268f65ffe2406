// Public pages are complete without this; it only brings a receipt's state up to date while somebody watches.

import { get } from "../page/api.js";
import { one } from "../page/dom.js";

const ASK_AGAIN_MILLISECONDS = 3000;
const status = one("[data-refresh='1']");

async function look(shown) {
  try {
    const receipt = await get("/api/receipts/" + location.pathname.split("/").pop());
    if (receipt.status !== shown) {
      location.reload();
      return;
    }
  } catch {
    // shown as it was
  }
  window.setTimeout(() => look(shown), ASK_AGAIN_MILLISECONDS);
}

if (status) {
  const shown = [...status.classList].find((name) => name.startsWith("status-")).slice("status-".length);
  window.setTimeout(() => look(shown), ASK_AGAIN_MILLISECONDS);
}
