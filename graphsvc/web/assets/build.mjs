// Bundles the scripts of the pages into ../static/assets, from where they are served.
// Every file right under src/ becomes a script of that name; what it imports only when it is needed
// becomes a chunk of its own. licences.txt tells which libraries went in, and under what licence.
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const target = join(here, "..", "static", "assets");

async function bundle() {
  const sources = await readdir(join(here, "src"));
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: sources.filter((name) => name.endsWith(".js")).map((name) => join("src", name)),
    outdir: target,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    metafile: true,
    legalComments: "none",
    chunkNames: "[name]-[hash]",
    logLevel: "warning",
  });
  return metafile;
}

function packagesIn(metafile) {
  const found = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const names = found.map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

async function licenceOf(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const words = file ? await readFile(join(folder, file), "utf8") : `Licence: ${license}`;
  return `${name} ${version} (${license})\n\n${words.trim()}\n`;
}

await rm(target, { recursive: true, force: true });
const metafile = await bundle();
const licences = await Promise.all(packagesIn(metafile).map(licenceOf));
const heading = "The scripts of these pages contain the following libraries.\n";
await writeFile(join(target, "licences.txt"), [heading, ...licences].join(`\n${"-".repeat(72)}\n\n`));
