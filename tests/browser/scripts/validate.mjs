// What an HTML validator says to everything tutor draws, taken from the pages as they are on disk.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { HtmlValidate } from "html-validate";
import { input, print } from "./browser.mjs";

const validator = new HtmlValidate({ extends: ["html-validate:recommended"], rules: input.rules });
const VOID = new Set(["br", "hr", "img", "input"]);

/** The elements of class `tutor` in a page, each from its start to its end. */
function* roots(html) {
  const start = /<(\w+) class="tutor[ "]/g;
  for (let match = start.exec(html); match; match = start.exec(html)) {
    const tag = /<(\/?)([A-Za-z][\w-]*)[^>]*?(\/?)>/g;
    tag.lastIndex = match.index;
    let depth = 0;
    for (let at = tag.exec(html); at; at = tag.exec(html)) {
      if (VOID.has(at[2]) || at[3]) continue;
      depth += at[1] ? -1 : 1;
      if (depth === 0) break;
    }
    yield html.slice(match.index, tag.lastIndex);
    start.lastIndex = tag.lastIndex;
  }
}

for (const name of input.pages) {
  const html = await readFile(path.join(input.with, name), "utf8");
  let count = 0;
  for (const root of roots(html)) {
    count += 1;
    const page = `<!DOCTYPE html><html lang="en"><head><title>A page</title></head><body>\n${root}\n</body></html>\n`;
    const report = await validator.validateString(page, name);
    for (const { messages } of report.results) {
      for (const { ruleId, message, offset } of messages) {
        print({ kind: "message", page: name, rule: ruleId, message, at: page.slice(Math.max(0, offset - 60), offset + 100) });
      }
    }
  }
  print({ kind: "page", page: name, roots: count });
}
