// Promise: no operation of the API is without stories: each succeeds in one at least, and is refused
// for three different reasons at least. The stories of this folder record what they saw
// (harness/contract.mjs); this file runs last and waits for them.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { watch } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";

import { RECORD_FOLDER } from "../harness/contract.mjs";
import { startServer } from "../harness/server.mjs";

const OWN = basename(import.meta.filename);
const stories = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.mjs") && name !== OWN);
// By the time the last file starts, the first one has ended: without its record this file runs alone.
const isAlone = !existsSync(join(RECORD_FOLDER, stories[0]));
const REFUSALS_MIN = 3;

const missing = () => stories.filter((name) => !existsSync(join(RECORD_FOLDER, `${name}.ended`)));

async function allEnded() {
  const changes = watch(RECORD_FOLDER);
  if (missing().length === 0) return changes.return();
  for await (const _ of changes) if (missing().length === 0) break;
}

// Once everything here has been said.
process.on("exit", () => rmSync(RECORD_FOLDER, { recursive: true, force: true }));

function readRecord() {
  const files = readdirSync(RECORD_FOLDER).filter((name) => name.endsWith(".test.mjs"));
  return files.flatMap((name) => readFileSync(join(RECORD_FOLDER, name), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line)));
}

test("every operation has a story of success and three of refusal", { skip: isAlone && "the other stories have not run" }, async (t) => {
  await allEnded();
  const seen = groupByOperation(readRecord());
  const server = await startServer(t);
  const gaps = [];
  for (const [path, methods] of Object.entries(server.api.description.paths)) {
    for (const method of Object.keys(methods)) {
      const answers = seen.get(`${method.toUpperCase()} ${path}`) ?? [];
      const onPath = [...seen].filter(([operation]) => operation.endsWith(` ${path}`)).flatMap(([, list]) => list);
      const successes = answers.filter(({ status }) => status < 400);
      const wrongMethod = onPath.filter(({ code }) => code === "method_not_allowed");
      const reasons = [...answers, ...wrongMethod].filter(({ status }) => status >= 400).map(({ code, fields }) => `${code} ${fields.sort()}`);
      const kinds = new Set(reasons).size;
      if (successes.length === 0 || kinds < REFUSALS_MIN) gaps.push(`${method.toUpperCase()} ${path}: ${successes.length} successes, ${kinds} refusals`);
    }
  }
  assert.deepEqual(gaps, []);
});

function groupByOperation(list) {
  const groups = new Map();
  for (const item of list) groups.set(item.operation, [...(groups.get(item.operation) ?? []), item]);
  return groups;
}
