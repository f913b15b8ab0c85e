// What every script needs: its input, one Chromium, and a site that lives in memory.
//
// Pages are served under http://book.test from the folder of a built site by intercepting requests,
// so nothing listens and nothing leaves. Whatever is asked for elsewhere is refused and remembered.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

export const ORIGIN = "http://book.test/";

const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
  ".png": "image/png", ".json": "application/json", ".woff2": "font/woff2", ".ico": "image/x-icon",
};

export const input = JSON.parse(await new Response(process.stdin).text());

export function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** One Chromium that talks to nobody, closed at the end whatever happens. */
export async function withBrowser(use) {
  const browser = await chromium.launch({
    executablePath: input.chromium,
    headless: true,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
      ...(input.arguments ?? []),
    ],
  });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

/**
 * A page that sees the site in `folder`. `requests` are the paths it asked the site for, `strangers`
 * all other addresses, `said` what the console and page errors said.
 */
export async function openSite(browser, folder, options = {}) {
  const { theme, ...contextOptions } = options;
  // Nothing is looked at on its way from one colour to another.
  const still = { viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" };
  const context = await browser.newContext({ ...still, ...contextOptions });
  const site = { context, requests: [], strangers: [], said: [] };
  await context.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    if (url.origin + "/" !== ORIGIN) {
      site.strangers.push(url.href);
      return route.abort();
    }
    site.requests.push(url.pathname);
    const file = path.join(folder, path.normalize(decodeURIComponent(url.pathname)));
    try {
      const body = await readFile(file);
      return await route.fulfill({ body, contentType: TYPES[path.extname(file)] ?? "application/octet-stream" });
    } catch {
      return route.fulfill({ status: 404, body: "" });
    }
  });
  await context.addInitScript((theme) => {
    // print.html asks for the printer as soon as it is loaded.
    window.print = () => {};
    if (theme) localStorage.setItem("mdbook-theme", theme);
  }, theme);
  // Time is no measure here; a machine may have much else to do.
  context.setDefaultTimeout(240_000);
  site.page = await context.newPage();
  site.page.on("console", (message) => site.said.push(`${message.type()}: ${message.text()}`));
  site.page.on("pageerror", (error) => site.said.push(`error: ${error.message}`));
  site.goto = (name) => site.page.goto(ORIGIN + name, { waitUntil: "load" });
  return site;
}

/** Runs in the page: opens whatever tutor folded. */
export function unfold() {
  for (const details of document.querySelectorAll(".tutor details")) details.open = true;
  for (const box of document.querySelectorAll(".tutor input[type=checkbox]")) box.checked = true;
}

/** Runs in the page: loads the images that are further down. Returns those that are broken. */
export async function images() {
  const broken = [];
  for (const image of document.querySelectorAll(".tutor img")) {
    image.loading = "eager";
    await image.decode().catch(() => broken.push(image.getAttribute("src")));
  }
  return broken;
}
