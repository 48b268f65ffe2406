// What an account signs in with from now on: shown once, and gone when it is hidden or the desk is drawn again.

import { list, make, one, row } from "../page/dom.js";
import { drawPicture } from "../office/authenticator.js";
import { say } from "./say.js";

const SECRETS = [
  ["password", "administrator.secrets_password"],
  ["totp_secret", "administrator.secrets_totp"],
  ["provisioning_uri", "administrator.secrets_uri"],
];

/** Forget what is shown. */
export const hideSecrets = () => list("secrets", []);

/** Show new secrets of the account; `given` may hold none. */
export function showSecrets(name, given) {
  const rows = SECRETS.filter(([key]) => given[key]).map(([key, words]) => row(say(words), given[key], "hash"));
  list("secrets", [
    make(
      "section",
      { tabindex: "-1" },
      rows.length
        ? [
            make("h2", {}, say("administrator.secrets_title", { name })),
            make("dl", { class: "rows" }, rows),
            drawPicture(given.provisioning_picture),
            make("p", {}, say("administrator.secrets_renewed")),
          ]
        : make("p", { class: "notice" }, say("administrator.secrets_none")),
      make("p", {}, make("button", { type: "button", class: "quiet", click: hideSecrets }, say("administrator.secrets_hide"))),
    ),
  ]);
  one('[data-list="secrets"] section').focus();
}
