// Parses formulas with the KaTeX that the chat window shows them by: JSON in, problems out.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const module = await import(pathToFileURL(process.argv[2]).href);
const katex = Object.values(module).find((each) => each && each.renderToString);
const problems = [];
for (const { tex, display } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    katex.renderToString(tex, { displayMode: display, throwOnError: true, strict: "error" });
  } catch (error) {
    problems.push({ tex, problem: String(error.message) });
  }
}
console.log(JSON.stringify(problems));
