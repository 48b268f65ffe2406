// The trustee's page: one file on a trustee's own disk, which asks nobody and sends nothing (protocol §22).

import { make, one } from "../page/dom.js";
import { pageLanguage, speak } from "../page/words.js";
import { cards } from "../trustee/cards.js";
import { said, sayAgain } from "../trustee/say.js";

const other = make("button", { type: "button", class: "quiet" });

function nameOther() {
  other.textContent = pageLanguage() === "zh" ? "English" : "\u4e2d\u6587";
  other.lang = pageLanguage() === "zh" ? "en" : "zh-CN";
}

other.addEventListener("click", () => {
  speak(pageLanguage() === "zh" ? "en" : "zh");
  nameOther();
  sayAgain();
});

if (!/^zh/i.test(navigator.language || "zh")) speak("en");
nameOther();
one("main").replaceChildren(other, said("h1", "trustee.title"), said("p", "trustee.intro"), said("p", "trustee.offline"), ...cards());
sayAgain();
