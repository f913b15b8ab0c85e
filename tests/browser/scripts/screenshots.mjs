// A picture of every page in every theme, on a desktop, on a phone and on paper; and of everything
// tutor draws by itself, light and dark.
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { images, input, openSite, print, unfold, withBrowser } from "./browser.mjs";

const DESKTOP = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 360, height: 800 }, deviceScaleFactor: 2 };
const PAPER = { viewport: { width: 794, height: 1123 } };

const LOOKS = [
  ...["light", "navy"].flatMap((theme) => [
    { name: `${theme}-desktop`, options: { ...DESKTOP, theme }, each: true },
    { name: `${theme}-phone`, options: { ...PHONE, theme }, each: true },
  ]),
  ...["rust", "coal", "ayu"].map((theme) => ({ name: `${theme}-desktop`, options: { ...DESKTOP, theme } })),
  { name: "light-unfolded", options: { ...DESKTOP, theme: "light" }, unfolded: true },
  { name: "paper", options: { ...PAPER, theme: "light" }, media: "print" },
];

await rm(input.folder, { recursive: true, force: true });
await mkdir(input.folder, { recursive: true });
await withBrowser(async (browser) => {
  for (const look of LOOKS) {
    const site = await openSite(browser, input.with, look.options);
    const { page } = site;
    const take = async (name, what, options) => {
      const file = path.join(input.folder, `${look.name}-${name}.png`);
      await what.screenshot({ path: file, ...options });
      print({ kind: "picture", file });
    };
    for (const name of input.pages) {
      await site.goto(name);
      // The bar would stick to the top of every picture that is taller than the window.
      await page.addStyleTag({ content: "#mdbook-menu-bar { position: static !important; }" });
      await page.emulateMedia({ media: look.media ?? "screen" });
      if (look.unfolded) await page.evaluate(unfold);
      await page.evaluate(images);
      const chapter = path.basename(name, ".html");
      const roots = look.each && input.each ? await page.locator("div.tutor").all() : [];
      for (const [index, root] of roots.entries()) {
        await take(`${chapter}-${String(index + 1).padStart(2, "0")}`, root);
      }
      await take(chapter, page, { fullPage: true });
    }
    await site.context.close();
  }
});
