// Findings, objections and answers on the pages about flags: each form sends its own fields, then the page is read again.

import { openSession, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { all } from "../page/dom.js";

const send = acting(async (form) => {
  await openSession();
  await post(form.dataset.post, Object.fromEntries(new FormData(form)));
  location.reload();
});

for (const form of all("form[data-post]")) form.addEventListener("submit", send);
