// Opens every page at every width, unfolds everything, and tells what overflows, what the console
// says, and what was asked for.
import { input, openSite, print, withBrowser } from "./browser.mjs";

const WIDTHS = [360, 800, 1600];

/** Runs in the page: what is wider than the window without being in a scroller of its own. */
function overflowing() {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (/auto|scroll|hidden/.test(getComputedStyle(at).overflowX)) return at.closest(".tutor") != null;
    }
    return false;
  };
  const wide = [...document.querySelectorAll(".tutor, .tutor *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1) && !scrolls(element);
  });
  return { scroll: document.documentElement.scrollWidth - width, wide: wide.map((element) => element.outerHTML.slice(0, 160)) };
}

/** Runs in the page: opens what is folded and loads what is further down. Returns broken images. */
async function unfold() {
  for (const details of document.querySelectorAll(".tutor details")) details.open = true;
  for (const box of document.querySelectorAll(".tutor input[type=checkbox]")) box.click();
  const broken = [];
  for (const image of document.querySelectorAll(".tutor img")) {
    image.loading = "eager";
    await image.decode().catch(() => broken.push(image.getAttribute("src")));
  }
  return broken;
}

await withBrowser(async (browser) => {
  for (const [which, folder] of [["with", input.with], ["without", input.without]]) {
    const site = await openSite(browser, folder);
    for (const name of [...input.pages, "print.html"]) {
      // A phone loads the page as a phone; mdBook decides then whether there is a sidebar.
      await site.page.setViewportSize({ width: WIDTHS[0], height: 800 });
      await site.goto(name);
      for (const folded of [true, false]) {
        for (const src of folded ? [] : await site.page.evaluate(unfold)) print({ kind: "broken image", page: name, src });
        for (const width of WIDTHS) {
          await site.page.setViewportSize({ width, height: 800 });
          print({ kind: "width", site: which, page: name, width, folded, ...(await site.page.evaluate(overflowing)) });
        }
      }
    }
    for (const text of site.said) print({ kind: "said", site: which, text });
    for (const path of new Set(site.requests)) print({ kind: "asked", site: which, path });
    for (const url of site.strangers) print({ kind: "stranger", site: which, url });
    await site.context.close();
  }
});
