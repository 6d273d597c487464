// A passkey of a person in front of our pages: an authenticator without a device (authenticator.mjs), in the few
// members that our API takes.
import { Authenticator } from "./authenticator.mjs";

const CREDENTIAL = 64; // the flag that a key comes along
const ES256 = [{ type: "public-key", alg: -7 }];

export class Passkey {
  #authenticator;
  #isMade = false;

  // `origin` is that of the page.
  constructor(origin) {
    this.#authenticator = new Authenticator({ origin, counts: true });
  }

  #create(challenge, lies) {
    this.#isMade = true;
    return this.#authenticator.create({ challenge, pubKeyCredParams: ES256 }, lies).response;
  }

  // Answers the options of a new passkey; what it is told to lie about, it says and signs.
  register({ challenge }, { flags, ...lies } = {}) {
    const { clientDataJSON, attestationObject } = this.#create(challenge, { ...lies, ...(flags !== undefined && { flags: flags | CREDENTIAL }) });
    return { clientDataJSON, attestationObject };
  }

  assert({ challenge }, { count, ...lies } = {}) {
    if (!this.#isMade) this.#create(challenge);
    const { id, response } = this.#authenticator.get({ challenge }, { ...lies, ...(count !== undefined && { signCount: count }) });
    const { clientDataJSON, authenticatorData, signature } = response;
    return { credentialId: id, clientDataJSON, authenticatorData, signature };
  }
}
