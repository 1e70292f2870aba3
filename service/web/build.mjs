// Bundles src/ into static/, which is committed: who only runs the page needs no Node. `--check` writes nothing and
// fails if static/ isn't what src/ gives.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "static");

/** The digest that tests/service/web/test_bundle.py computes as well: names and contents of all that is built from. */
async function sourcesDigest() {
  const names = (await readdir(path.join(here, "src"))).map((name) => `src/${name}`);
  const hash = createHash("sha256");
  for (const name of [...names, "build.mjs", "package.json", "package-lock.json"].sort()) {
    const content = await readFile(path.join(here, name));
    hash.update(`${name}\0${createHash("sha256").update(content).digest("hex")}\n`);
  }
  return hash.digest("hex");
}

/** The licences of all packages that went into the bundle, as they ask for. */
async function licences(inputs) {
  const folders = new Set(
    inputs.map((name) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1]).filter((name) => name !== undefined),
  );
  const texts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(here, folder, "package.json"), "utf8"));
    const text = await readFile(path.join(here, folder, "LICENSE"), "utf8");
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return `app.js contains these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

async function made() {
  const banner = `/* Made by "make page" from service/web/src; licences: LICENSES.txt; sources: ${await sourcesDigest()} */`;
  const result = await build({
    absWorkingDir: here,
    entryPoints: { app: "src/main.js" },
    outdir: "static",
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    charset: "utf8",
    banner: { js: banner, css: banner },
    metafile: true,
    write: false,
  });
  const files = result.outputFiles.map((file) => [path.basename(file.path), file.contents]);
  files.push(["LICENSES.txt", Buffer.from(await licences(Object.keys(result.metafile.inputs)))]);
  files.push(["icon.svg", await readFile(path.join(here, "src/icon.svg"))]);
  return files;
}

const files = await made();
await mkdir(out, { recursive: true });
for (const [name, content] of files) {
  const file = path.join(out, name);
  if (!process.argv.includes("--check")) {
    await writeFile(file, content);
    console.log(`${name}: ${Math.ceil(content.length / 1024)} kB`);
  } else if (!(await readFile(file).catch(() => Buffer.of())).equals(content)) {
    console.error(`static/${name} isn't what src/ gives: run make page`);
    process.exitCode = 1;
  }
}
