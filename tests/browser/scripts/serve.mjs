// Looks at a page of `tutor serve`, saves its chapter, and waits until the browser shows it. Then a page of another
// origin tries to get at the site.
import { createServer } from "node:http";
import { readFile, writeFile } from "node:fs/promises";
import { input, print, withBrowser } from "./browser.mjs";

/** Saves a chapter with `from` in the place of `to`, and tells when the page shows `shown`. */
async function saved(page, from, to, shown) {
  const text = await readFile(input.chapter, "utf8");
  const began = performance.now();
  await writeFile(input.chapter, text.replace(from, to));
  await page.getByText(shown).first().waitFor({ timeout: 60_000 });
  print({ kind: "shown", text: shown, ms: Math.round(performance.now() - began) });
}

await withBrowser(async (browser) => {
  const page = await browser.newPage();
  await page.goto(`${input.url}chapter.html`);
  await saved(page, "# One call", "# A second look", "A second look");
  await saved(page, "<!-- end -->", "{{#include missing.py}}", "A second look");
  if (input.config) {
    const config = await readFile(input.config, "utf8");
    await writeFile(input.config, `${config}\nbroken = [\n`);
    await page.locator("pre[role=alert]").waitFor({ timeout: 60_000 });
    print({ kind: "problem", text: await page.locator("pre[role=alert]").textContent() });
    await writeFile(input.config, config);
    await page.locator("pre[role=alert]").waitFor({ state: "detached", timeout: 60_000 });
    print({ kind: "mended" });
  }
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<h1>Somebody else</h1>");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const stranger = await browser.newPage();
  await stranger.goto(`http://evil.test:${server.address().port}/`);
  const got = await stranger.evaluate(async (site) => {
    const tries = {
      read: async () => (await fetch(site)).text(),
      newest: async () => (await fetch(`${site}__tutor/newest`)).text(),
      post: async () => (await fetch(site, { method: "POST", body: "x" })).text(),
      frame: () => new Promise((done, fail) => {
        const frame = document.createElement("iframe");
        frame.src = site;
        frame.onload = () => { try { done(frame.contentDocument.body.innerHTML); } catch (error) { fail(error); } };
        document.body.append(frame);
        setTimeout(() => fail(new Error("nothing came")), 3000);
      }),
      script: () => new Promise((done, fail) => {
        const script = document.createElement("script");
        script.src = `${site}__tutor/reload.js`;
        script.onload = () => done("loaded");
        script.onerror = () => fail(new Error("refused"));
        document.body.append(script);
      }),
    };
    const got = {};
    for (const [name, attempt] of Object.entries(tries)) {
      got[name] = await attempt().then((text) => text.includes("A second look") || text === "loaded" || text !== "", () => false);
    }
    return got;
  }, input.url);
  print({ kind: "stranger", got });
  const rebound = await stranger.goto(input.url.replace("127.0.0.1", "evil.test"));
  print({ kind: "rebound", status: rebound.status() });
  server.closeAllConnections();
  server.close();
});
