// Walks through every page with the Tab key, unfolding what can be unfolded, and tells which controls
// were reached, worked, and showed that they have the focus.
import { input, openSite, print, withBrowser } from "./browser.mjs";

const MOST_STOPS = 1000;

/** Runs in the page: marks the controls, so that they can be told apart. */
function markControls() {
  const all = document.querySelectorAll(".tutor :is(summary, input, button, select, textarea, [tabindex])");
  return [...all].map((element, index) => {
    element.dataset.control = index;
    return { control: index, html: element.outerHTML.slice(0, 120) };
  });
}

/** Runs in the page: what has the focus. */
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    control: element.dataset.control ?? null,
    tag: element.localName,
    folded: element.localName === "summary" && !element.parentElement.open,
    ring: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    inView: box.bottom > 0 && box.top < innerHeight,
    end: element.dataset.end != null,
  };
}

await withBrowser(async (browser) => {
  // A small window: drawing is most of the work.
  const site = await openSite(browser, input.with, { theme: "light", viewport: { width: 800, height: 500 } });
  const { page } = site;
  for (const name of input.pages) {
    await site.goto(name);
    await page.evaluate(() => {
      const end = document.createElement("button");
      end.dataset.end = "";
      document.querySelector("main").append(end);
      document.querySelector("main").tabIndex = -1;
      document.querySelector("main").focus();
    });
    for (const control of await page.evaluate(markControls)) print({ kind: "control", page: name, ...control });
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(focused);
      if (at?.end) break;
      if (at?.control == null) continue;
      let works = true;
      if (at.folded) {
        await page.keyboard.press("Enter");
        works = await page.evaluate(() => document.activeElement.parentElement.open);
      } else if (at.tag === "input") {
        const before = await page.evaluate(() => document.activeElement.checked);
        await page.keyboard.press("Space");
        works = before !== (await page.evaluate(() => document.activeElement.checked));
      }
      print({ kind: "reached", page: name, works, ...at });
    }
  }
});
