// A pack of evidence as an auditor opens it: asked for, fetched, its members by Debian's unzip and their hashes by node.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expectStatus } from "./http.mjs";

const PACKS = "/api/admin/evidence-packs";

// { manifest, read(name) -> Buffer, rows: { population: [row] } } of the period { from, to }.
export async function packOf(server, t, period) {
  let pack = expectStatus(await server.api.post(PACKS, period), 202).body;
  while (pack.status === "running") pack = expectStatus(await server.api.get(`${PACKS}/${pack.id}`), 200).body;
  assert.equal(pack.status, "ready", server.stderr);
  const answer = await fetch(new URL(`${PACKS}/${pack.id}/file`, server.url), { headers: { Authorization: `Bearer ${server.key}` } });
  const folder = await mkdtemp(join(tmpdir(), "turnpike-pack-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "pack.zip");
  await writeFile(path, Buffer.from(await answer.arrayBuffer()));
  execFileSync("unzip", ["-tqq", path]);
  const read = (name) => execFileSync("unzip", ["-p", path, name], { maxBuffer: 1 << 30 });
  const manifest = JSON.parse(read("manifest.json"));
  for (const { name, sha256 } of manifest.files) assert.equal(createHash("sha256").update(read(name)).digest("hex"), sha256, name);
  return { manifest, read, rows: Object.fromEntries(manifest.populations.map(({ name }) => [name, JSON.parse(read(`${name}.json`))])) };
}
