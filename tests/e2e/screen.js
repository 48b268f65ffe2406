// What must hold on every screen; each answers a list of what does not. Evaluated in the page by eyes.py.
({
  tooWide() {
    // A phone's browser widens its own window to what does not fit, so the screen is the measure.
    const { scrollWidth } = document.scrollingElement;
    if (scrollWidth <= screen.width) return [];
    const over = [...document.querySelectorAll("main *, header *, footer *")].filter(
      (node) => !node.closest(".scroll, pre") && node.getBoundingClientRect().right > screen.width + 1,
    );
    return [`${scrollWidth} px on a screen of ${screen.width} px`, ...over.slice(0, 5).map((node) => node.outerHTML.slice(0, 80))];
  },

  tooSmall(least) {
    return [...document.querySelectorAll("button, a.button, input, select, textarea, summary, nav a, .tick, .pick")]
      .filter((node) => node.offsetParent !== null)
      .filter((node) => !(node.matches("input[type=radio], input[type=checkbox]") && node.closest("label")))
      .map((node) => [node.outerHTML.slice(0, 90), node.getBoundingClientRect()])
      .filter(([, box]) => box.height < least || box.width < least)
      .map(([text, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${text}`);
  },

  unlabelled() {
    return [...document.querySelectorAll("input, select, textarea")]
      .filter((node) => node.offsetParent !== null && !node.labels.length && !node.getAttribute("aria-label"))
      .map((node) => node.outerHTML.slice(0, 90));
  },

  // Contrast of every visible text with the nearest painted ground behind it (WCAG 2, 1.4.3).
  faint() {
    const numbers = (text) => (text.match(/[\d.]+/g) || []).map(Number);
    const linear = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    const ground = (node) => {
      for (let at = node; at; at = at.parentElement) {
        const colour = numbers(getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] > 0.99) return colour;
      }
      return [255, 255, 255];
    };
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.textContent.trim();
      const node = texts.currentNode.parentElement;
      if (!text || node.offsetParent === null || !node.checkVisibility() || node.closest("noscript, template, svg, .skip")) continue;
      const [a, b] = [light(numbers(getComputedStyle(node).color)), light(ground(node))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${text.slice(0, 30)}`);
    }
    return found;
  },
});
