// A lender says that their own ballot is not recorded, or recorded otherwise; and reads what the officials answered.

import common from "../../messages/common.json" with { type: "json" };
import { get, openSession, post } from "../page/api.js";
import { acting, showFault } from "../page/actions.js";
import { list, make, one, part, row } from "../page/dom.js";
import { beijing, speaker } from "../page/words.js";

const say = speaker({ common });
const page = one("#complaint");
const at = `/api/polls/${encodeURIComponent(page.dataset.poll)}/lender/complaints`;

function cardOf(complaint) {
  return make(
    "section",
    {},
    make("h2", {}, say("common.complaint_kind_" + complaint.kind)),
    make("p", { class: "text" }, complaint.text),
    make("dl", { class: "rows" }, row(say("common.complaint_filed"), beijing(complaint.filed_at))),
    make(
      "p",
      { class: "notice" },
      complaint.status === "waiting"
        ? say("common.complaint_waits")
        : [
            say("common.complaint_answered", { by: complaint.answered_by, moment: beijing(complaint.answered_at) }),
            make("br"),
            complaint.answer,
          ],
    ),
  );
}

async function show() {
  list("complaints", (await get(at)).map(cardOf));
}

const file = acting(async (form) => {
  await post(at, Object.fromEntries(new FormData(form)));
  form.reset();
  await show();
});

async function open() {
  const { lender } = await openSession();
  const here = lender?.poll_id === page.dataset.poll;
  part("sign-in", !here);
  part("form", here);
  one("form", page).addEventListener("submit", file);
  if (here) await show();
}

open().catch((error) => showFault(page, error));
