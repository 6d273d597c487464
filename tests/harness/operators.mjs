// Operators who are signed in with a passkey, their proof fresh.
import { expectStatus } from "./http.mjs";
import { Passkey } from "./passkey.mjs";
import { Person } from "./person.mjs";

async function linkTo(server, address) {
  const { data } = expectStatus(await server.api.get("/api/admin/outbox?limit=100"), 200).body;
  const mail = data.find(({ to, kind }) => to === address && kind === "invitation");
  const { text } = expectStatus(await server.api.get(`/api/admin/outbox/${mail.id}`), 200).body;
  return /#([0-9a-f]{64})/.exec(text)[1];
}

// Proves itself by a passkey; `person.passkey` signs them in again.
async function armed(server, person) {
  await person.look();
  const options = expectStatus(await person.post("/api/me/passkeys/options"), 200).body;
  person.passkey = new Passkey(server.url.replace("127.0.0.1", "localhost"));
  expectStatus(await person.post("/api/me/passkeys", person.passkey.register(options)), 204);
  await person.look();
  return person;
}

// The same person in another session, by their passkey.
export async function signedInAgain(server, { passkey }, count) {
  const person = new Person(server);
  const options = expectStatus(await person.post("/api/sign-in/passkey/options"), 200).body;
  expectStatus(await person.post("/api/sign-in/passkey", passkey.assert(options, { count })), 204);
  await person.look();
  return person;
}

// The first one, who is an admin.
export async function firstOperator(server, name = "root") {
  const person = new Person(server);
  const { url } = expectStatus(await server.api.post("/api/setup/link", {}), 201).body;
  const token = new URL(url).hash.slice(1);
  expectStatus(await person.post("/api/setup", { token, email: `${name}@example.com`, name }), 204);
  return armed(server, person);
}

// Another one, by an invitation.
export async function operator(server, name, role) {
  const email = `${name}@example.com`;
  expectStatus(await server.api.post("/api/admin/operators", { email, role }), 201);
  const person = new Person(server);
  expectStatus(await person.post("/api/invitations/accept", { token: await linkTo(server, email), name }), 204);
  return armed(server, person);
}
