// Guards the promise of a full disk: what cannot be stored is refused with the reason and leaves nothing
// behind, what can be read is read, and when there is room again the same process goes on.
//
// The disk is a small file system in memory, so the story needs the right to mount one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { done, refused, usageOf } from "../api/support.mjs";
import { usageEvent, usageEvents } from "../harness/events.mjs";
import { Server } from "../harness/server.mjs";

const DISK = "size=6m";
const CONNECTIONS = 8;
const BATCHES_MAX = 400; // far more than the disk holds

// A disk of its own for the test; null when this user may not mount one.
async function mountDisk(t) {
  const disk = await mkdtemp(join(tmpdir(), "turnpike-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", DISK, "tmpfs", disk], { stdio: "pipe" });
  } catch (error) {
    await rmdir(disk);
    t.skip(`mounting a file system needs root: ${String(error.stderr ?? error.message).trim()}`);
    return null;
  }
  return disk;
}

async function unmountDisk(disk) {
  execFileSync("umount", [disk], { stdio: "pipe" });
  await rmdir(disk);
}

async function fill(disk) {
  for (const size of [65_536, 4_096, 1]) {
    try {
      for (;;) await appendFile(join(disk, "filler"), Buffer.alloc(size));
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  }
}

const free = (disk) => rm(join(disk, "filler"));

// Sends batches from several connections until each has been refused once; what was accepted and what
// was not goes into the lists.
async function sendUntilFull(server, accepted, rejected) {
  let left = BATCHES_MAX;
  const connection = async () => {
    while (left-- > 0) {
      const events = usageEvents(150, { userId: "ada" });
      const answer = await server.api.sendEvents(events);
      if (answer.status !== 200) {
        refused(answer, 507, "store_full");
        rejected.push(events);
        return;
      }
      assert.equal(answer.body.accepted, events.length);
      accepted.push(events);
    }
    assert.fail("the disk never got full");
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
}

async function assertUsed(server, expected) {
  for (const [metric, used] of Object.entries(expected)) {
    assert.equal((await usageOf(server.api.as("ada"), metric)).used, used, metric);
  }
}

test("a full disk refuses what is new, serves what is there, and is forgotten when there is room", async (t) => {
  const disk = await mountDisk(t);
  if (disk === null) return;
  const data = join(disk, "data");
  await mkdir(data);
  const server = new Server(data);
  t.after(async () => {
    await server.dispose();
    await unmountDisk(disk);
  });
  await server.start({ key: await server.createKey() });
  const { api } = server;
  await api.createCustomer("ada");
  const first = { id: "first", userId: "ada", metric: "build_minutes", amount: 5 };
  done(await api.post("/api/usage/take", first));
  done(await api.sendEvents(usageEvent({ userId: "ada", metric: "modules", set: 2 })));

  const accepted = [];
  const rejected = [];
  await fill(disk);
  await sendUntilFull(server, accepted, rejected);
  const counted = accepted.flat().length;
  const before = { api_requests: counted, build_minutes: 5, modules: 2 };

  await t.test("every write is refused with the reason", async () => {
    refused(await api.post("/api/usage/take", { ...first, id: "second" }), 507, "store_full");
    refused(await api.post("/api/usage/take", { ...first, id: undefined }), 507, "store_full");
    refused(await api.post("/api/usage/release", { ...first, amount: 1 }), 507, "store_full");
    refused(await api.sendEvents(usageEvent({ userId: "ada", metric: "modules", set: 1 })), 507, "store_full");
    refused(await api.post("/api/customers", { userId: "bob", email: "bob@example.com", name: "Bob" }), 507, "store_full");
    const plan = { tier: "starter", paymentMethodId: "pm_card_visa" };
    refused(await api.as("ada").post("/api/billing/subscribe", plan), 507, "store_full");
  });

  await t.test("what is there is read, and nothing of what was refused shows", async () => {
    assert.equal((await api.get("/healthz")).status, 200);
    await assertUsed(server, before);
    const check = { userId: "ada", metric: "build_minutes", amount: 1 };
    assert.equal(done(await api.post("/api/usage/check", check)).used, 5);
    assert.equal((await api.get("/api/customers/bob")).status, 404);
  });

  await t.test("with room again the same process stores what was refused", async () => {
    await free(disk);
    for (const events of rejected) assert.equal(done(await api.sendEvents(events)).accepted, events.length);
    for (const events of accepted) assert.equal(done(await api.sendEvents(events)).duplicate, events.length);
    done(await api.post("/api/usage/take", { ...first, id: "second" }));
    await api.createCustomer("bob");
    const plan = { tier: "starter", paymentMethodId: "pm_card_visa" };
    done(await api.as("ada").post("/api/billing/subscribe", plan), 201);
  });

  await t.test("and all of it is there after a kill", async () => {
    await server.kill();
    await server.start();
    for (const events of [...accepted, ...rejected]) {
      assert.equal(done(await server.api.sendEvents(events)).duplicate, events.length);
    }
    const query = new URLSearchParams({ from: "2026-01-01T00:00:00Z", to: "2026-03-01T00:00:00Z", granularity: "period" });
    const { series } = done(await server.api.as("ada").get(`/api/billing/usage?${query}`));
    const total = (metric) => series.find((one) => one.metric === metric).points.reduce((sum, { value }) => sum + value, 0);
    assert.equal(total("api_requests"), counted + rejected.flat().length);
    assert.equal(total("build_minutes"), 10);
  });
});

test("a start on a full disk says so, and works once there is room", async (t) => {
  const disk = await mountDisk(t);
  if (disk === null) return;
  const data = join(disk, "data");
  await mkdir(data);
  const server = new Server(data);
  t.after(async () => {
    await server.dispose();
    await unmountDisk(disk);
  });
  const key = await server.createKey();
  await rm(join(data, "turnpike.db-shm")); // as after a restart of the machine
  await fill(disk);
  await assert.rejects(server.start({ key }), /status 1.*disk that holds .*turnpike\.db is full/s);
  await free(disk);
  await server.start({ key });
  await server.api.createCustomer("ada");
});
