// Promise: operators keep choices of the list of customers under a name; their own are seen by nobody else, shared ones are changed by whose they
// are or an admin, and nothing is kept that the list would not take.
import assert from "node:assert/strict";
import { test } from "node:test";

import { operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { done, refused } from "./support.mjs";

const views = "/api/admin/saved-views";
const view = (more = {}) => ({ list: "customers", name: "Starters in Germany", query: "tier=starter&country=DE", shared: false, ...more });

test("saved views", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const { api } = server;
  const sue = await operator(server, "sue", "support");
  const fay = await operator(server, "fay", "finance");
  const ada = await operator(server, "ada", "admin");
  const namesFor = async (who) => done(await who.get(views)).data.map(({ name }) => name);

  await t.test("what is kept is found again by whom it belongs to, and by all when it is shared", async () => {
    const own = done(await sue.post(views, view()), 201);
    assert.deepEqual([own.name, own.query, own.shared, own.own], ["Starters in Germany", "tier=starter&country=DE", false, true]);
    const shared = done(await sue.post(views, view({ name: "Owing", query: "status=past_due", shared: true })), 201);
    assert.deepEqual([await namesFor(sue), await namesFor(fay)], [["Starters in Germany", "Owing"], ["Owing"]]);
    assert.equal(done(await fay.get(views)).data[0].own, false);
    done(await sue.get(`/api/admin/customers?${shared.query}`));
    const first = done(await sue.get(`${views}?limit=1`));
    assert.deepEqual(done(await sue.get(`${views}?limit=1&cursor=${first.nextCursor}`)).data.map(({ id }) => id), [shared.id]);
    done(await fay.post(views, view()), 201);
    done(await fay.delete(`${views}/${done(await fay.get(views)).data.find((row) => row.own).id}`), 204);
  });

  await t.test("what the list would not take is refused, and its member named", async () => {
    for (const [query, path] of [["tier=gold", "tier"], ["status=x", "status"], ["country=de", "country"], ["owner=a%20b", "owner"], ["limit=5", "limit"],
      ["cursor=a", "cursor"], ["q=a%40example.com", "q"], ["colour=red", "colour"], ["tier=starter&tier=professional", "tier"]]) {
      refused(await sue.post(views, view({ name: "Other", query })), 422, "invalid_fields", `query.${path}`);
    }
    refused(await sue.post(views, view({ name: "Other", query: "tier=%zz" })), 400, "malformed_url");
    refused(await sue.post(views, view({ name: "" })), 422, "invalid_fields", "name");
    refused(await sue.post(views, view({ name: "a".repeat(81) })), 422, "invalid_fields", "name");
    refused(await sue.post(views, view({ list: "invoices" })), 422, "invalid_fields", "list");
    refused(await sue.post(views, view()), 409, "saved_view_name_taken");
    refused(await api.withKey(undefined).post(views, view()), 401, "key_missing");
    refused(await api.withKey(undefined).get(views), 401, "key_missing");
    refused(await sue.get(`${views}?limit=0`), 422, "invalid_query");
    refused(await sue.get(`${views}?colour=red`), 422, "invalid_query");
    assert.deepEqual(await namesFor(sue), ["Starters in Germany", "Owing"]);
  });

  await t.test("it is changed and dropped by whose it is, or an admin when it is shared", async () => {
    const [own, shared] = done(await sue.get(views)).data;
    const changed = view({ name: "Owe us", query: "status=past_due&country=AT", shared: true });
    refused(await fay.put(`${views}/${shared.id}`, changed), 403, "saved_view_not_yours");
    refused(await fay.delete(`${views}/${shared.id}`), 403, "saved_view_not_yours");
    for (const who of [fay, ada]) {
      refused(await who.put(`${views}/${own.id}`, changed), 404, "saved_view_not_found");
      refused(await who.delete(`${views}/${own.id}`), 404, "saved_view_not_found");
    }
    refused(await sue.put(`${views}/${shared.id}`, view()), 409, "saved_view_name_taken");
    refused(await sue.put(`${views}/${shared.id}`, view({ query: "tier=gold" })), 422, "invalid_fields", "query.tier");
    refused(await api.withKey(undefined).put(`${views}/${shared.id}`, view()), 401, "key_missing");
    refused(await api.withKey(undefined).delete(`${views}/${shared.id}`), 401, "key_missing");
    const after = done(await ada.put(`${views}/${shared.id}`, changed));
    assert.deepEqual([after.id, after.name, after.query, after.own], [shared.id, "Owe us", changed.query, false]);
    assert.equal(done(await sue.get(views)).data[1].own, true);
    done(await ada.delete(`${views}/${shared.id}`), 204);
    refused(await sue.delete(`${views}/${shared.id}`), 404, "saved_view_not_found");
    const { data } = done(await api.get("/api/admin/audit?action=saved_view.change"));
    const written = data.find(({ row }) => row.outcome === "ok" || row.after?.query === changed.query).row;
    assert.deepEqual(written.before, { query: "status=past_due", shared: "true" });
  });

  await t.test("a person has fifty, and no more", async () => {
    for (let n = 1; n < 50; n++) done(await sue.post(views, view({ name: `View ${n}`, query: "" })), 201);
    refused(await sue.post(views, view({ name: "One more" })), 409, "saved_views_too_many");
  });
});
