// Passkeys, between the browser's API (WebAuthn Level 3, https://www.w3.org/TR/webauthn-3/) and the server's JSON, in which
// bytes are base64url.

import { Problem } from '../api/problem';
import type { PasskeyAssertion, PasskeyOptions, PasskeyRegistration } from '../api/types';

/** COSE algorithms that the server verifies: EdDSA, ES256, RS256. */
const ALGORITHMS = [-8, -7, -257];

export const hasPasskeys = (): boolean => typeof PublicKeyCredential !== 'undefined';

export function toBase64url(bytes: ArrayBuffer): string {
  const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
}

/** What the browser says when nothing came of it. It does not tell a "no" from a wait that was too long. */
function problemOf(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'InvalidStateError') return new Problem(409, 'factor_exists', '');
  if (name === 'SecurityError') return new Problem(400, 'passkey_no_domain', '');
  return new Problem(400, 'passkey_cancelled', '');
}

/** A new passkey for this server. It must find its person by itself, and check that it is them. */
export async function makePasskey(options: PasskeyOptions, person: string, name: string): Promise<PasskeyRegistration> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    challenge: fromBase64url(options.challenge),
    rp: { id: options.rpId, name: 'Turnpike' },
    user: { id: fromBase64url(options.userHandle ?? ''), name: person, displayName: person },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
    timeout: options.timeoutMs,
  };
  const made = await navigator.credentials.create({ publicKey }).catch((error: unknown) => { throw problemOf(error); });
  const { clientDataJSON, attestationObject } = (made as PublicKeyCredential).response as AuthenticatorAttestationResponse;
  return { clientDataJSON: toBase64url(clientDataJSON), attestationObject: toBase64url(attestationObject), name };
}

/** A passkey that signs the challenge; which one, its person chooses. */
export async function usePasskey(options: PasskeyOptions): Promise<PasskeyAssertion> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: fromBase64url(options.challenge),
    rpId: options.rpId,
    userVerification: 'required',
    timeout: options.timeoutMs,
  };
  const used = await navigator.credentials.get({ publicKey }).catch((error: unknown) => { throw problemOf(error); });
  const credential = used as PublicKeyCredential;
  const { clientDataJSON, authenticatorData, signature } = credential.response as AuthenticatorAssertionResponse;
  return {
    credentialId: toBase64url(credential.rawId),
    clientDataJSON: toBase64url(clientDataJSON),
    authenticatorData: toBase64url(authenticatorData),
    signature: toBase64url(signature),
  };
}
