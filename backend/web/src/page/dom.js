// The few things done to the page. Text goes in as text only, never as markup.

/** The first element for a selector below a node. */
export const one = (selector, below = document) => below.querySelector(selector);
/** All elements for a selector below a node. */
export const all = (selector, below = document) => [...below.querySelectorAll(selector)];

/** An element with properties (`class`, `data-*` and others as attributes; functions as listeners) and children (nodes or texts). */
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Put a text into every `[data-fill=name]`. */
export function fill(name, text, below = document) {
  for (const node of all(`[data-fill="${name}"]`, below)) node.textContent = text;
}

/** Replace the children of `[data-list=name]`. */
export function list(name, children, below = document) {
  for (const node of all(`[data-list="${name}"]`, below)) node.replaceChildren(...children);
}

const drawing = new Map();

/**
 * `draw` for the children of `[data-list=name]`; until it is done the old ones take no tap: what they would do, or show once, would be gone
 * with them.
 */
export const drawnAnew = (name, draw) => async () => {
  const rest = (more) => {
    drawing.set(name, (drawing.get(name) ?? 0) + more);
    for (const node of all(`[data-list="${name}"]`)) {
      node.inert = drawing.get(name) > 0;
      node.setAttribute("aria-busy", String(node.inert));
    }
  };
  rest(1);
  try {
    await draw();
  } finally {
    rest(-1);
  }
};

/** Show or hide `[data-part=name]`. */
export function part(name, shown, below = document) {
  for (const node of all(`[data-part="${name}"]`, below)) node.hidden = !shown;
}

/** A labelled row of a `dl.rows`. */
export const row = (term, value, kind) => make("div", {}, make("dt", {}, term), make("dd", kind ? { class: kind } : {}, value));

/** A table under its heads (texts) that scrolls sideways, and on a phone stands as one block a line; `label` says what it shows. */
export const stackedTable = (label, heads, lines, role = "region") =>
  make(
    "div",
    { class: "scroll", tabindex: "0", role, "aria-label": label },
    make(
      "table",
      { class: "stacked" },
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          heads.map((text) => make("th", { scope: "col" }, text)),
        ),
      ),
      make("tbody", {}, lines),
    ),
  );
