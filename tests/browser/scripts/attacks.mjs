// Opens pages full of hostile answers, pokes at everything tutor drew, and tells whatever happened.
import { input, openSite, print, withBrowser } from "./browser.mjs";

/** Runs before any script of the page: what an attack calls, and ways out that the route does not see. */
function listen() {
  window.hits = [];
  window.pwned = (...what) => { window.hits.push(`ran ${what}`); };
  for (const name of ["alert", "confirm", "prompt", "msgbox", "open"]) {
    window[name] = (...what) => { window.hits.push(`${name} ${what}`); };
  }
  document.addEventListener("securitypolicyviolation", (event) => window.hits.push(`policy ${event.blockedURI}`));
}

/** Runs in the page: whatever in tutor's drawing could run, load, navigate or be found by name. */
function dangers() {
  const TAGS = new Set("blockquote br button circle code dd del desc details div dl dt em figcaption figure g hr i img input label li ol p path pre rect small span strong summary svg table tbody td text th thead time title tr ul".split(" "));
  const found = [];
  for (const root of document.querySelectorAll("main .tutor")) {
    for (const element of [root, ...root.querySelectorAll("*")]) {
      // mdBook's own copy buttons stand in our code, too.
      if (element.closest(".buttons")) continue;
      if (!TAGS.has(element.localName)) found.push(`<${element.localName}>`);
      for (const { name, value } of element.attributes) {
        const fine = name === "style" ? /^(width|left):[\d.]+%$/.test(value)
          : name === "src" ? /^(\.\.\/)*recorded\/[\w-]+\.\w+$/.test(value)
          : !/^on|^(id|name|href|srcset|action|formaction|ping|background|poster|data|for|is|slot|part|popover.*|accesskey|contenteditable|autofocus|xlink:.*|xmlns:.*|itemprop|target|usemap|nonce|srcdoc)$/.test(name);
        if (!fine) found.push(`${element.localName} ${name}="${value.slice(0, 80)}"`);
      }
      for (const mark of element.getAttributeNames()) if (mark !== mark.toLowerCase() && element.namespaceURI.endsWith("xhtml")) found.push(mark);
    }
  }
  return found;
}

/** Runs in the page: touches everything tutor drew, as a curious reader would. */
function poke() {
  for (const details of document.querySelectorAll(".tutor details")) details.open = true;
  for (const element of document.querySelectorAll("main .tutor *")) {
    for (const type of ["mouseover", "focus", "mousedown", "toggle", "animationstart"]) element.dispatchEvent(new Event(type));
    if (element.matches("input, summary")) element.click();
  }
}

/** Runs in the page: the whole document without what tutor drew. */
function outside() {
  const page = document.documentElement.cloneNode(true);
  for (const element of page.querySelectorAll(".tutor, main style")) element.remove();
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_TEXT);
  const nodes = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node);
  for (const node of nodes) {
    // Annotations are comments that tutor takes off the page.
    if (node instanceof Comment ? /^tutor$|^ tutor:/.test(node.data) : !node.data.trim()) node.remove();
  }
  page.normalize();
  return page.outerHTML.replace(/(searchindex|searcher|toc)-[0-9a-f]{8}/g, "$1").replace(/\s+/g, " ");
}

function difference(ours, theirs) {
  let at = 0;
  while (at < ours.length && ours[at] === theirs[at]) at += 1;
  return { ours: ours.slice(Math.max(0, at - 100), at + 200), theirs: theirs.slice(Math.max(0, at - 100), at + 200) };
}

async function open(browser, folder) {
  const site = await openSite(browser, folder, { theme: "light" });
  site.happened = [];
  await site.context.addInitScript(listen);
  site.context.on("page", (page) => page !== site.page && site.happened.push(`window ${page.url()}`));
  site.page.on("dialog", (dialog) => { site.happened.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  site.page.on("download", (download) => site.happened.push(`download ${download.url()}`));
  site.page.on("websocket", (socket) => site.happened.push(`websocket ${socket.url()}`));
  site.page.on("worker", (worker) => site.happened.push(`worker ${worker.url()}`));
  site.page.on("frameattached", () => site.happened.push("frame"));
  return site;
}

/** What happened to an open page since it was opened. */
async function tell(site, name, url) {
  const { page } = site;
  const happened = [...site.happened, ...site.strangers, ...(await page.evaluate(() => window.hits)), ...site.said];
  if (page.url() !== url) happened.push(`moved to ${page.url()}`);
  for (const what of happened) print({ kind: "hit", page: name, what });
  site.happened.length = site.strangers.length = site.said.length = 0;
}

await withBrowser(async (browser) => {
  const ours = await open(browser, input.with);
  const theirs = await open(browser, input.without);
  for (const name of input.pages) {
    await Promise.all([ours.goto(name), theirs.goto(name)]);
    const url = ours.page.url();
    for (const what of new Set(await ours.page.evaluate(dangers))) print({ kind: "danger", page: name, what });
    const [here, there] = [await ours.page.evaluate(outside), await theirs.page.evaluate(outside)];
    if (here !== there) print({ kind: "structure", page: name, ...difference(here, there) });
    const panels = await ours.page.evaluate(() => document.querySelectorAll("main > .tutor-panel").length);
    await ours.page.evaluate(poke);
    await tell(ours, name, url);
    print({ kind: "page", page: name, panels });
  }
  // mdBook's own scripts take texts of the page in hand when somebody searches.
  for (const question of input.searched ? ["search", "highlight"] : []) {
    const name = `${input.pages.at(-2)}?${question}=${encodeURIComponent(input.searched)}`;
    await ours.goto(name);
    const shown = question === "search" ? "#mdbook-searchresults li" : "main mark";
    await ours.page.waitForSelector(shown, { state: "attached" });
    await tell(ours, name, ours.page.url());
  }
  const known = new Set(theirs.requests);
  for (const path of new Set(ours.requests)) {
    if (!known.has(path) && !/^\/(fonts|search)/.test(path)) print({ kind: "asked", path });
  }
});
