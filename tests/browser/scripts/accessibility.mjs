// What axe finds, and the contrast of every text: each chapter as it comes, and all chapters at once
// (print.html), unfolded, in every theme, in print and in the dark.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { contrasts } from "./contrast.mjs";
import { input, openSite, print, withBrowser } from "./browser.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LOOKS = [
  ...["light", "rust", "coal", "navy", "ayu"].map((theme) => ({ look: theme, theme })),
  { look: "print", theme: "light", media: "print" },
  { look: "automatic dark", colorScheme: "dark" },
  { look: "dark without script", colorScheme: "dark", javaScriptEnabled: false },
];

/** Runs axe and says of each finding whether it lies in what tutor draws. */
async function axe(page, context) {
  await page.evaluate(AXE);
  return page.evaluate(async (context) => {
    const results = await window.axe.run(context ?? document, { resultTypes: ["violations"] });
    return results.violations.flatMap((violation) =>
      violation.nodes.map((node) => {
        const element = document.querySelector(node.target[0]);
        const inside = element?.closest(".tutor") != null;
        return { rule: violation.id, inside, html: node.html.slice(0, 200), why: node.failureSummary };
      }));
  }, context);
}

await withBrowser(async (browser) => {
  for (const [which, folder] of [["with", input.with], ["without", input.without]]) {
    const site = await openSite(browser, folder, { theme: "light" });
    for (const name of input.pages) {
      await site.goto(name);
      for (const finding of await axe(site.page)) print({ kind: "page", site: which, page: name, ...finding });
    }
    await site.context.close();
  }
  for (const { look, media, ...options } of LOOKS) {
    const site = await openSite(browser, input.with, options);
    await site.goto("print.html");
    if (media) await site.page.emulateMedia({ media });
    const state = await site.page.evaluate(() => {
      for (const details of document.querySelectorAll(".tutor details")) details.open = true;
      for (const box of document.querySelectorAll(".tutor input[type=checkbox]")) box.checked = true;
      return { theme: document.documentElement.className, roots: document.querySelectorAll("div.tutor").length };
    });
    if (options.javaScriptEnabled !== false) {
      for (const finding of await axe(site.page, { include: [[".tutor"]] })) print({ kind: "look", look, ...finding });
    }
    const texts = await site.page.evaluate(contrasts);
    for (const text of texts) if (!(text.ratio >= 4.5)) print({ kind: "contrast", look, ...text });
    print({ kind: "seen", look, ...state, texts: texts.length });
    await site.context.close();
  }
});
