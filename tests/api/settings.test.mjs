// Guards: how the program was set up, and who may what, is told by the tables by which it goes; secrets are told to nobody.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { expectStatus } from "../harness/http.mjs";
import { firstOperator, operator } from "../harness/operators.mjs";
import { Person } from "../harness/person.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { makeDataFolder, Server, startServer } from "../harness/server.mjs";

const SETTINGS = "/api/admin/settings";
const ROLES = "/api/admin/roles";
const done = (answer) => expectStatus(answer, 200).body.data;
const refused = (answer, status, code) => assert.equal(`${answer.status} ${answer.body?.code}`, `${status} ${code}`);

test("each option with what holds, and from where; no secret", async (t) => {
  const folder = await makeDataFolder();
  const password = join(folder, "password");
  await writeFile(password, "smtp-very-secret\n");
  const server = await startServer(t, {
    args: ["--smtp-url", "smtp://mailer@127.0.0.1:2525", "--mail-from", "Nova <billing@nova.example>", "--smtp-password-file", password, "--webhook-allow-private"],
    env: { TURNPIKE_ALERTS_TO: "ops@nova.example", TURNPIKE_OIDC_CLIENT_SECRET: "oidc-very-secret", TURNPIKE_OIDC_ISSUER: "https://id.nova.example", TURNPIKE_OIDC_CLIENT_ID: "nova" },
  });
  const answer = await server.api.get(SETTINGS);
  const settings = Object.fromEntries(done(answer).map((setting) => [setting.name, setting]));
  const of = (name) => [settings[name].value, settings[name].source];
  assert.deepEqual(of("smtp-url"), ["smtp://mailer@127.0.0.1:2525", "option"]);
  assert.deepEqual(of("smtp-password-file"), [password, "option"]);
  assert.deepEqual(of("alerts-to"), ["ops@nova.example", "environment"]);
  assert.deepEqual(of("oidc-client-secret-file"), [null, "environment"]);
  assert.deepEqual(of("card-form"), ["hosted", "default"]);
  assert.deepEqual(of("stripe-key-file"), [null, "none"]);
  assert.deepEqual(of("webhook-allow-private"), ["yes", "option"]);
  assert.deepEqual(of("automatic-tax"), ["no", "none"]);
  assert.deepEqual([settings["stripe-key-file"].isSecret, settings["card-form"].isSecret], [true, false]);
  assert.ok(!/very-secret/.test(answer.text), "no secret is told");

  const { stdout } = await runTurnpike(["serve", "--help"]);
  const options = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name).filter((name) => name !== "help");
  assert.deepEqual(Object.keys(settings), options, "the list is the table of options, whole and in its order");

  const csv = await fetch(server.url + SETTINGS, { headers: { accept: "text/csv", authorization: `Bearer ${server.key}` } });
  assert.equal((await csv.text()).split("\r\n").length, options.length + 2);
});

test("a command that prints the key is shown to nobody", async (t) => {
  const data = await makeDataFolder();
  const server = new Server(data, { args: ["--key-command", `cat ${data}/turnpike.key`] });
  t.after(() => server.dispose());
  await server.start({ key: await server.createKey() });
  const setting = done(await server.api.get(SETTINGS)).find(({ name }) => name === "key-command");
  assert.deepEqual([setting.value, setting.source, setting.isSecret], [null, "option", true]);
});

test("who may what, by the table by which routes decide", async (t) => {
  const server = await startServer(t);
  const rows = done(await server.api.get(ROLES));
  const who = Object.fromEntries(rows.map(({ permission, doc, writes, ...roles }) => [permission, Object.keys(roles).filter((role) => roles[role])]));
  assert.deepEqual(who["approve"], ["admin", "finance"]);
  assert.deepEqual(who["members:write"], ["owner"]);
  assert.deepEqual(who["evidence"], ["admin", "auditor"]);
  const { paths } = await (await fetch(`${server.url}/api/openapi.json`)).json();
  assert.ok(paths[ROLES] && paths[SETTINGS]);
});

test("is for those who may read it", async (t) => {
  const server = await startServer(t);
  await firstOperator(server);
  const [auditor, finance, support] = [await operator(server, "aud", "auditor"), await operator(server, "fin", "finance"), await operator(server, "sup", "support")];
  done(await auditor.get(SETTINGS));
  done(await auditor.get(ROLES));
  done(await finance.get(SETTINGS));
  refused(await finance.get(ROLES), 403, "role_forbidden");
  refused(await support.get(SETTINGS), 403, "role_forbidden");
  refused(await support.get(ROLES), 403, "role_forbidden");
  refused(await new Person(server).get(SETTINGS), 401, "key_missing");
  const { url } = server;
  for (const path of [SETTINGS, ROLES]) {
    assert.equal((await fetch(url + path)).status, 401);
    assert.equal((await fetch(url + path, { headers: { authorization: "Bearer tp_live_nothing" } })).status, 401);
    assert.equal((await fetch(`${url}${path}?x=1`, { headers: { authorization: `Bearer ${server.key}` } })).status, 422);
  }
});
