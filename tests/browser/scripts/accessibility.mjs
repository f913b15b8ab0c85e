// What axe finds, and the contrast of every text. Every page as it comes, with and without tutor; and
// all chapters on one page (print.html), unfolded in every theme, in print and in the dark.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { contrasts } from "./contrast.mjs";
import { input, openSite, print, unfold, withBrowser } from "./browser.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const PAGE = "print.html";

/** Each opening of the page with the looks it can take on. */
const OPENINGS = [
  { options: { theme: "light" }, looks: ["light", "rust", "coal", "navy", "ayu", "print", "print of navy"] },
  { options: { colorScheme: "dark" }, looks: ["automatic dark"] },
  { options: { colorScheme: "dark", javaScriptEnabled: false }, looks: ["dark without script"] },
];

/** The looks that axe is asked about, besides our own measure of contrast: five themes and print. */
const FOR_AXE = new Set(["light", "rust", "coal", "navy", "ayu", "print"]);

/** Runs axe and says of each finding whether it lies in what tutor draws. */
function axe(page, context) {
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

/** Gives the page a look, as a reader or a printer would. */
async function take(page, look) {
  await page.emulateMedia({ media: look.startsWith("print") ? "print" : "screen" });
  const theme = { print: "light", "print of navy": "navy" }[look] ?? look;
  await page.evaluate((theme) => document.getElementById(`mdbook-theme-${theme}`)?.click(), theme);
}

await withBrowser(async (browser) => {
  for (const [which, folder] of [["with", input.with], ["without", input.without]]) {
    const site = await openSite(browser, folder, { theme: "light" });
    for (const name of [...input.pages, PAGE]) {
      await site.goto(name);
      await site.page.evaluate(AXE);
      const findings = await axe(site.page);
      for (const finding of findings) print({ kind: "finding", site: which, page: name, ...finding });
      print({ kind: "page", site: which, page: name, findings: findings.length });
    }
    await site.context.close();
  }
  for (const { options, looks } of OPENINGS) {
    const site = await openSite(browser, input.with, options);
    const { page } = site;
    await site.goto(PAGE);
    await page.evaluate(unfold);
    if (looks.some((look) => FOR_AXE.has(look))) await page.evaluate(AXE);
    for (const look of looks) {
      await take(page, look);
      if (FOR_AXE.has(look)) {
        for (const finding of await axe(page, { include: [[".tutor"]] })) print({ kind: "look", look, ...finding });
      }
      const texts = await page.evaluate(contrasts);
      for (const text of texts) if (!(text.ratio >= 4.5)) print({ kind: "contrast", look, ...text });
      const theme = await page.evaluate(() => document.documentElement.className);
      print({ kind: "seen", look, theme, texts: texts.length });
    }
    await site.context.close();
  }
});
