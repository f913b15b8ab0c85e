#!/usr/bin/env node
// Starts the program of the package that npm chose for this machine, and ends as it does.
const { spawn } = require("node:child_process");

const program = "PROGRAM";
const platform = `${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? `${program}.exe` : program;

let path;
try {
  path = require.resolve(`mdbook-tutor-${platform}/bin/${file}`);
} catch {
  console.error(
    `${program}: there is no program for ${platform} here. npm leaves it out with --omit=optional; ` +
      "install again without that, or build it: cargo install mdbook-tutor --locked",
  );
  process.exit(1);
}
const child = spawn(path, process.argv.slice(2), { stdio: "inherit" });
// Ctrl-C reaches the child as well, which decides what it means; what is sent to this process alone is passed on.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("error", (error) => {
  console.error(`${program}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else {
    process.exit(code ?? 1);
  }
});
