// The contrast of every text that tutor draws against what lies behind it (WCAG 2.2, 1.4.3).

/** Runs in the page. */
export function contrasts() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (color) => {
    if (!known.has(color)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(color, [r, g, b, a / 255]);
    }
    return known.get(color);
  };
  const over = (top, bottom) => {
    const mix = (i) => top[i] * top[3] + bottom[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const luminance = (color) => {
    const [r, g, b] = color.slice(0, 3).map((value) => {
      const c = value / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** What a reader sees behind an element: its own background over that of its ancestors. */
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.push(rgba(getComputedStyle(at).backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((bottom, top) => over(top, bottom), [255, 255, 255, 1]);
  };
  /** In a drawing, a text may stand on a shape of its group. */
  const behindDrawn = (text) => {
    const shape = text.parentElement.querySelector(":scope > circle, :scope > rect");
    const fill = shape ? rgba(getComputedStyle(shape).fill) : [0, 0, 0, 0];
    return over(fill, behind(text.closest("svg").parentElement));
  };
  const opacity = (element) => {
    let all = 1;
    for (let at = element; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
    return all;
  };
  const found = [];
  for (const root of document.querySelectorAll("div.tutor, section.tutor")) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const range = document.createRange();
      range.selectNodeContents(node);
      const style = getComputedStyle(element);
      const drawn = element instanceof SVGElement;
      if (!node.data.trim() || range.getClientRects().length === 0 || style.visibility !== "visible") continue;
      if (drawn && element.tagName !== "text" && element.tagName !== "tspan") continue;
      const back = drawn ? behindDrawn(element.closest("text")) : behind(element);
      const [r, g, b, a] = rgba(drawn ? style.fill : style.color);
      const [x, y] = [luminance(over([r, g, b, a * opacity(element)], back)), luminance(back)];
      const ratio = (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
      found.push({ ratio: Math.round(ratio * 100) / 100, text: node.data.trim().slice(0, 60), where: element.className?.baseVal ?? element.className });
    }
  }
  return found;
}
