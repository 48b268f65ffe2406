// Files that the service hands out: fetched, so that a refusal comes in words, and then saved as any download is.

import { Refusal, fetchFile } from "./api.js";
import { make } from "./dom.js";

/** Fetch a file and let the browser save it: `{ name, headers }`. Throws Refusal or NoAnswer. */
export async function saveFile(path, method = "GET") {
  const response = await fetchFile(path, method);
  const name = /filename="([\w.-]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  if (!name) throw new Refusal(response.status);
  save(await response.blob(), name);
  return { name, headers: response.headers };
}

/** Let the browser save something under a name. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
