// What the offices' pages refuse by themselves.

import { Refusal } from "../page/api.js";

/** A refusal of the page itself. */
export const inWords = (sentence) => new Refusal(0, { message: sentence, message_zh: sentence, message_en: sentence });
