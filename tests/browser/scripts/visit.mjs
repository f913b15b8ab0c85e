// Opens every page at every width, unfolds everything, and tells what overflows, what the console
// says, and what was asked for.
import { images, input, openSite, print, unfold, withBrowser } from "./browser.mjs";

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

/** The parts of all tables, as a screen reader is told of them. */
async function tableParts(site) {
  const session = await site.context.newCDPSession(site.page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const roles = nodes.filter((node) => !node.ignored).map((node) => node.role?.value);
  return ["table", "row", "rowheader", "columnheader", "cell"].map((role) => roles.filter((it) => it === role).length);
}

/** Runs in the page: the tables of calls that scroll to the side, of how many. */
function sideways() {
  const boxes = [...document.querySelectorAll(".tt-compare .tt-scroll, .tt-group > .tt-scroll")];
  return { tables: boxes.length, scrolling: boxes.filter((box) => box.scrollWidth > box.clientWidth).length };
}

await withBrowser(async (browser) => {
  // What mdBook alone says and asks for, it does on its largest page.
  const visits = [["with", input.with, [...input.pages, "print.html"]], ["without", input.without, ["print.html"]]];
  for (const [which, folder, pages] of visits) {
    const site = await openSite(browser, folder);
    for (const name of pages) {
      // A phone loads the page as a phone; mdBook decides then whether there is a sidebar.
      await site.page.setViewportSize({ width: WIDTHS[0], height: 800 });
      await site.goto(name);
      for (const folded of [true, false]) {
        if (!folded) {
          await site.page.evaluate(unfold);
          for (const src of await site.page.evaluate(images)) print({ kind: "broken image", page: name, src });
        }
        for (const width of WIDTHS) {
          await site.page.setViewportSize({ width, height: 800 });
          print({ kind: "width", site: which, page: name, width, folded, ...(await site.page.evaluate(overflowing)) });
          const calls = await site.page.evaluate(sideways);
          if (calls.tables && folded && name !== "print.html") {
            print({ kind: "calls", page: name, width, ...calls, parts: await tableParts(site) });
          }
        }
      }
    }
    for (const text of site.said) print({ kind: "said", site: which, text });
    for (const path of new Set(site.requests)) print({ kind: "asked", site: which, path });
    for (const url of site.strangers) print({ kind: "stranger", site: which, url });
    await site.context.close();
  }
});
