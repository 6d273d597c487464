// What the gate adds to a request that passes nginx: a static answer alone, and the same after auth_request
// has asked the gate, over kept connections, one request at a time and sixty-four.
import { compare, measure, row, scaled, startOnEmpty } from "./support/measure.mjs";
import { startNginx } from "./support/references.mjs";

const ALONE = "/alone";
const ASKED = "/asked";

// `storage` is counted and never limited, so that no request is denied; with count=false the gate only looks.
const gate = (server) => `upstream gate { server ${new URL(server.url).host}; keepalive 64; }`;
const locations = (server, count) => `
  location / { return 200 "ok"; }
  location = ${ALONE} { default_type text/plain; alias /etc/hostname; }
  location = ${ASKED} { auth_request /gate; default_type text/plain; alias /etc/hostname; }
  location = /gate {
    internal;
    proxy_pass http://gate/api/gate?metric=storage&amount=1&count=${count};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Authorization "Bearer ${server.key}";
    proxy_set_header Turnpike-User ada;
    proxy_set_header Content-Length "";
    proxy_pass_request_body off;
  }`;

// Alone and asked follow each other in each round, so that what is added is the difference of neighbours.
async function added(nginx, connections) {
  const run = (path) => measure(nginx.port, { connections, request: { method: "GET", path } });
  const [alone, asked] = [await run(ALONE), await run(ASKED)];
  return { p50: asked.p50Us - alone.p50Us, p99: asked.p99Us - alone.p99Us, p50Alone: alone.p50Us, p99Alone: alone.p99Us };
}

const server = await startOnEmpty({ customers: ["ada"] });
for (const [name, count] of [["looks", false], ["counts", true]]) {
  const nginx = await startNginx({ http: gate(server), locations: locations(server, count) });
  const found = nginx && (await compare({ 1: () => added(nginx, 1), 64: () => added(nginx, 64) }));
  for (const connections of [1, 64]) {
    for (const share of ["p50", "p99"]) {
      const inMs = (member) => found && scaled(found[connections][member], 1e-3);
      row(`auth_request adds, the gate ${name}, ${connections} at once: ${share}`, inMs(share), "ms", inMs(`${share}Alone`), "nginx alone");
    }
  }
  await nginx?.stop();
}
await server.stop();
await server.dispose();
