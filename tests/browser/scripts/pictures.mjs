// Finds what the pictures of README and guide show, prints the text that is to be read there, and
// takes the pictures if it is given a folder for them.
import path from "node:path";
import { input, openSite, print, withBrowser } from "./browser.mjs";

/** Around what is shown, in CSS pixels. */
const MARGIN = 12;

/** Runs in the page: the box of an element, together with the nearest one of kind `before` above it. */
function box(element, before) {
  const boxes = [element.getBoundingClientRect()];
  let above = before ? element.previousElementSibling : null;
  while (above && !above.matches(before)) above = above.previousElementSibling;
  if (above) boxes.push(above.getBoundingClientRect());
  const top = Math.min(...boxes.map((box) => box.top));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  return { x: boxes[0].left + scrollX, y: top + scrollY, width: boxes[0].width, height: bottom - top };
}

await withBrowser(async (browser) => {
  for (const picture of input.pictures) {
    const { width = 1280, scale = 1, theme = "light" } = picture;
    const options = { viewport: { width, height: 900 }, deviceScaleFactor: scale, theme };
    const site = await openSite(browser, input.with, options);
    await site.goto(picture.page);
    // The bar would stick to the top of what is taller than the window.
    await site.page.addStyleTag({ content: "#mdbook-menu-bar { position: static !important; }" });
    const element = site.page.locator(picture.element, { hasText: picture.text ?? "" }).first();
    const text = (await element.innerText()).replace(/\s*\n\s*/g, "\n").trim();
    if (input.folder) {
      const { x, y, width, height } = await element.evaluate(box, picture.with);
      const clip = { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
      await site.page.screenshot({ path: path.join(input.folder, `${picture.name}.png`), clip, fullPage: true });
    }
    print({ name: picture.name, text: `${text}\n` });
    await site.context.close();
  }
});
