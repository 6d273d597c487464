// Promise: a certificate is renewed while the server runs: on SIGHUP who connects meets the new one, who is connected
// goes on, and files that are no good change nothing.
import assert from "node:assert/strict";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";

import { makeCertificate } from "../harness/certificate.mjs";
import { startTurnpike } from "../harness/program.mjs";
import { makeDataFolder } from "../harness/server.mjs";
import { eventually } from "./support.mjs";

const sha256 = (socket) => socket.getPeerCertificate().fingerprint256;

// One connection that is kept, over which requests are made one after the other.
function open(port, { maxVersion = "TLSv1.3" } = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, maxVersion }, () => resolve(socket));
    socket.once("error", reject);
  });
}

function ask(socket) {
  return new Promise((resolve, reject) => {
    socket.once("data", (bytes) => resolve(Number(bytes.toString().split(" ")[1])));
    socket.once("close", () => reject(new Error("closed")));
    socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  });
}

test("a renewed certificate is served from SIGHUP on, and no connection is dropped for it", async (t) => {
  const [data, folder] = await Promise.all([makeDataFolder(), makeDataFolder()]);
  t.after(() => Promise.all([data, folder].map((path) => rm(path, { recursive: true, force: true }))));
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const made = [];
  for (const name of ["one", "two"]) {
    await mkdir(join(folder, name));
    const { path } = makeCertificate(join(folder, name));
    made.push({ cert: path, key: path.replace("cert.pem", "key.pem") });
  }
  const install = async ({ cert, key }) => {
    await copyFile(cert, files.cert);
    await copyFile(key, files.key);
  };
  await install(made[0]);
  const args = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--tls-cert", files.cert, "--tls-key", files.key];
  const { match, process: server } = await startTurnpike(args, /^turnpike: listening on https:\/\/\S+:(\d+)$/m);
  t.after(() => server.end("SIGTERM"));
  const port = Number(match[1]);
  let signals = 0;
  const reload = async () => {
    process.kill(server.pid, "SIGHUP");
    signals += 1;
    const seen = async () => (await ask(early)) && [...server.stderr.matchAll(/tls\.reloaded problem="([^"]*)"/g)];
    return (await eventually(seen, (lines) => lines.length === signals)).at(-1)[1];
  };

  const early = await open(port);
  const older = await open(port, { maxVersion: "TLSv1.2" });
  const first = sha256(early);
  assert.equal(await ask(early), 200);

  await install(made[1]);
  assert.equal(sha256(await open(port)), first, "a file alone changes nothing");
  assert.equal(await reload(), "none");
  const late = await open(port);
  assert.notEqual(sha256(late), first);
  for (const socket of [early, older, late]) assert.equal(await ask(socket), 200);

  const bad = [
    [() => writeFile(files.cert, "no certificate"), /no PEM chain/],
    [() => rm(files.cert), /cannot be read/],
    [() => install({ cert: made[1].cert, key: made[0].key }), /no PEM key of the certificate|does not belong/],
  ];
  for (const [spoil, sentence] of bad) {
    await spoil();
    assert.match(await reload(), sentence);
    const after = await open(port);
    assert.equal(sha256(after), sha256(late), "the one before is served on");
    assert.equal(await ask(after), 200);
    after.destroy();
  }
  for (const socket of [early, older, late]) {
    assert.equal(await ask(socket), 200);
    socket.destroy();
  }
});
