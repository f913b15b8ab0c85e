// A picture of everything tutor draws: each root by itself, light and dark, on a desktop and a phone.
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { input, openSite, print, withBrowser } from "./browser.mjs";

const PLACES = [
  ["desktop", { viewport: { width: 1280, height: 900 } }],
  ["phone", { viewport: { width: 360, height: 800 }, deviceScaleFactor: 2 }],
];
const THEMES = ["light", "navy"];

await rm(input.folder, { recursive: true, force: true });
await mkdir(input.folder, { recursive: true });
await withBrowser(async (browser) => {
  for (const [place, options] of PLACES) {
    for (const theme of THEMES) {
      const site = await openSite(browser, input.with, { ...options, theme });
      for (const name of input.pages) {
        await site.goto(name);
        // The bar would stick to the top of every picture that is taller than the window.
        await site.page.addStyleTag({ content: "#mdbook-menu-bar { position: static !important; }" });
        const chapter = path.basename(name, ".html");
        const roots = await site.page.locator("div.tutor").all();
        for (const [index, root] of roots.entries()) {
          const file = path.join(input.folder, `${theme}-${place}-${chapter}-${String(index + 1).padStart(2, "0")}.png`);
          await root.screenshot({ path: file });
          print({ kind: "picture", file });
        }
        const file = path.join(input.folder, `${theme}-${place}-${chapter}.png`);
        await site.page.screenshot({ path: file, fullPage: true });
        print({ kind: "picture", file });
      }
      await site.context.close();
    }
  }
});
