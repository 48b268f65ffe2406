// The sentences of messages/ in the page's language.

let language = document.documentElement.lang.startsWith("en") ? "en" : "zh";

/** The page's language, `zh` or `en`. */
export const pageLanguage = () => language;

/** Speak another language, `zh` or `en`, from now on: of a page that is not fetched anew for it. */
export function speak(other) {
  language = other;
  document.documentElement.lang = other === "en" ? "en" : "zh-CN";
}

/** A function that says `area.key` with its facts filled in; an unknown key is a defect and throws. */
export function speaker(catalogues) {
  return function say(key, facts = {}) {
    const dot = key.indexOf(".");
    const entry = catalogues[key.slice(0, dot)]?.[key.slice(dot + 1)];
    if (!entry) throw new Error("no sentence " + key);
    return entry[language].replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
  };
}

/** `2026年11月23日（weekday）20:00（北京时间）` for unix seconds or an RFC 3339 time. Beijing keeps UTC+8 all year. */
export function beijing(moment) {
  const at = new Date((typeof moment === "number" ? moment * 1000 : Date.parse(moment)) + 8 * 3600 * 1000);
  const clock = String(at.getUTCHours()).padStart(2, "0") + ":" + String(at.getUTCMinutes()).padStart(2, "0");
  const weekday = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "long", timeZone: "UTC" }).format(at);
  if (language === "zh") return `${at.getUTCFullYear()}年${at.getUTCMonth() + 1}月${at.getUTCDate()}日（${weekday}）${clock}（北京时间）`;
  const month = new Intl.DateTimeFormat("en-GB", { month: "long", timeZone: "UTC" }).format(at);
  return `${weekday} ${at.getUTCDate()} ${month} ${at.getUTCFullYear()}, ${clock} Beijing time`;
}
