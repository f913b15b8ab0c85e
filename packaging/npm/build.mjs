// Makes the npm packages of a release: `mdbook-tutor`, which starts a program, and one package a platform that holds it.
//
//   node packaging/npm/build.mjs VERSION OUT PLATFORM=PROGRAMS…
//
// PLATFORM is `linux-x64`, `linux-arm64`, `darwin-x64`, `darwin-arm64` or `win32-x64`, PROGRAMS the folder with tutor and
// mdbook-tutor for it (on Linux linked with musl, so that one package fits every distribution). npm installs the one
// package that fits, since all are optional dependencies with `os` and `cpu`.
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"];
const PROGRAMS = ["tutor", "mdbook-tutor"];

const [version, out, ...given] = process.argv.slice(2);
const platforms = given.map((pair) => pair.split("="));
if (!version || !out || platforms.length === 0 || !platforms.every(([name, from]) => PLATFORMS.includes(name) && from)) {
  console.error(`usage: build.mjs VERSION OUT PLATFORM=PROGRAMS…, with a PLATFORM of ${PLATFORMS.join(", ")}`);
  process.exit(2);
}

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, "../..");
const common = {
  version,
  description: "An mdBook preprocessor and tutorial runner that keeps courses about Amazon Bedrock true",
  license: "MIT OR Apache-2.0",
};

async function write(name, manifest, files) {
  const folder = path.join(out, name);
  await mkdir(path.join(folder, "bin"), { recursive: true });
  await writeFile(path.join(folder, "package.json"), `${JSON.stringify({ name, ...common, ...manifest }, null, 2)}\n`);
  for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) await copyFile(path.join(root, licence), path.join(folder, licence));
  await files(folder);
}

for (const [name, from] of platforms) {
  const [os, cpu] = name.split("-");
  await write(`mdbook-tutor-${name}`, { os: [os], cpu: [cpu], preferUnplugged: true }, async (folder) => {
    for (const program of PROGRAMS) {
      const file = os === "win32" ? `${program}.exe` : program;
      await copyFile(path.join(from, file), path.join(folder, "bin", file));
      await chmod(path.join(folder, "bin", file), 0o755);
    }
  });
}

const manifest = {
  keywords: ["mdbook", "bedrock", "aws", "tutorial", "llm"],
  bin: Object.fromEntries(PROGRAMS.map((program) => [program, `bin/${program}.js`])),
  engines: { node: ">=18" },
  optionalDependencies: Object.fromEntries(platforms.map(([name]) => [`mdbook-tutor-${name}`, version])),
};
await write("mdbook-tutor", manifest, async (folder) => {
  await copyFile(path.join(root, "README.md"), path.join(folder, "README.md"));
  const launcher = await readFile(path.join(here, "launch.js"), "utf8");
  for (const program of PROGRAMS) {
    const file = path.join(folder, "bin", `${program}.js`);
    await writeFile(file, launcher.replace("PROGRAM", program));
    await chmod(file, 0o755);
  }
});
