// The secret of an authenticator, to be scanned or typed.

import { make, row } from "../page/dom.js";
import { say } from "./say.js";

/** The picture that a telephone's camera reads, where there is one. */
export const drawPicture = (picture) =>
  picture
    ? make("p", { class: "qr" }, make("img", { src: picture, alt: say("office.secret_picture"), width: "200", height: "200" }))
    : null;

/** Picture, secret and address; nodes. */
export const drawSecret = (given) => [
  make("p", {}, say("office.secret_words")),
  drawPicture(given.provisioning_picture),
  make(
    "dl",
    { class: "rows" },
    row(say("office.secret_text"), given.totp_secret, "hash"),
    row(say("office.secret_address"), given.provisioning_uri, "hash"),
  ),
];
