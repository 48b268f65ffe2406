// Calls to the service and to the identity verifier, and what they refuse, in words.

import common from "../../messages/common.json" with { type: "json" };
import { make } from "./dom.js";
import { parseExact } from "./exact.js";
import { pageLanguage, speaker } from "./words.js";

const say = speaker({ common });
let csrfToken = "";

/** A refusal in the one error shape (docs/api.md); `message` is in the page's language. */
export class Refusal extends Error {
  constructor(status, error = {}) {
    super(error[pageLanguage() === "en" ? "message_en" : "message_zh"] || error.message || say("common.unexpected", { status }));
    this.status = status;
    this.code = error.code || "Unexpected";
    this.details = error.details || {};
  }
}

/** Nothing came back: the network, not a rule. */
export class NoAnswer extends Error {
  constructor(sentence = say("common.network")) {
    super(sentence);
    this.status = 0;
    this.code = "NoAnswer";
    this.details = {};
  }
}

/** @returns {Promise<any>} */
async function answerOf(sending) {
  let response;
  try {
    response = await sending;
  } catch {
    throw new NoAnswer();
  }
  const text = await response.text().catch(() => "");
  let body = {};
  try {
    body = text ? parseExact(text) : {};
  } catch {
    // not JSON: a proxy's page perhaps; its status says enough
  }
  if (!response.ok) throw new Refusal(response.status, body.error);
  return body;
}

const headers = (more = {}) => ({ "Accept-Language": pageLanguage(), ...(csrfToken ? { "X-CSRF-Token": csrfToken } : {}), ...more });

/** GET; the JSON answer. Throws Refusal or NoAnswer, as all here do. */
export const get = (path) => answerOf(fetch(path, { headers: headers(), credentials: "same-origin", cache: "no-store" }));

/** POST of JSON. */
export function post(path, body = {}) {
  return answerOf(
    fetch(path, {
      method: "POST",
      headers: headers({ "Content-Type": "application/json" }),
      credentials: "same-origin",
      body: JSON.stringify(body),
    }),
  );
}

/** POST of a FormData. */
export const upload = (path, form) => answerOf(fetch(path, { method: "POST", headers: headers(), credentials: "same-origin", body: form }));

/** A file that the service makes or keeps for whoever is signed in, as an answer that is not read yet. */
export async function fetchFile(path, method = "GET") {
  let response;
  try {
    response = await fetch(path, { method, headers: headers(), credentials: "same-origin", cache: "no-store" });
  } catch {
    throw new NoAnswer();
  }
  if (!response.ok) await answerOf(response);
  return response;
}

/** The exact bytes of a file. */
export async function download(path) {
  try {
    const response = await fetch(path, { credentials: "same-origin", cache: "no-store" });
    if (!response.ok) throw new Refusal(response.status);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw error instanceof Refusal ? error : new NoAnswer();
  }
}

/** POST to the identity verifier, without cookies: it is another office than this site. */
export function postToVerifier(url, body) {
  const form = body instanceof FormData;
  /** @type {RequestInit} */
  const options = { method: "POST", credentials: "omit", body: form ? body : JSON.stringify(body) };
  if (!form) options.headers = { "Content-Type": "application/json" };
  return answerOf(fetch(url, options));
}

/** GET from the identity verifier, without cookies; `signal` may end the waiting. */
export const getFromVerifier = (url, signal) => answerOf(fetch(url, { credentials: "omit", cache: "no-store", signal }));

/** Who is signed in here, and the token that later calls carry. */
export async function openSession() {
  return remember(await get("/api/session"));
}

/** Keep the token of a session just opened. */
export function remember(session) {
  csrfToken = session.csrf_token || "";
  return session;
}

/** The token of this session, which is told to nobody but the service. */
export const sessionToken = () => csrfToken;

/** Sign out; a session that has ended already is as good. */
export async function closeSession() {
  try {
    await answerOf(fetch("/api/session", { method: "DELETE", headers: headers(), credentials: "same-origin" }));
  } finally {
    csrfToken = "";
  }
}

/** A refusal as nodes: the sentence, and the rows it names. */
export function explain(error) {
  const known = error instanceof Refusal || error instanceof NoAnswer;
  if (!known) console.error(error);
  const rows = Array.isArray(error.details?.rows) ? error.details.rows : [];
  const sentence = known ? error.message : say("common.unexpected", { status: "-" });
  const lines = rows.slice(0, 20).map((row) => {
    const place = [row.row !== undefined ? say("common.row", { row: row.row }) : "", row.field || ""].filter(Boolean).join(" · ");
    return make(
      "li",
      {},
      [place, row[pageLanguage() === "en" ? "message_en" : "message_zh"] || row.message_en || ""].filter(Boolean).join(": "),
    );
  });
  return [make("p", {}, sentence), lines.length ? make("ul", {}, lines) : null].filter(Boolean);
}
