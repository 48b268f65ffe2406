// Canonical JSON (protocol §7): one text for one content, so that a hash can stand for it.

/** The text of a value of objects with ASCII keys, lists, texts, truth values and whole numbers. Throws a RangeError for anything else. */
export function canonical(value) {
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  if (typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (value === null || typeof value !== "object") throw new RangeError("not a value of canonical JSON");
  const pairs = Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key]));
  return "{" + pairs.join(",") + "}";
}
