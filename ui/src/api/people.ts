// The calls about people: who one is, what proves it, who else is in.

import { request, type Change } from './http';
import type { Me, Members, Passkey, PasskeyAssertion, PasskeyOptions, PasskeyRegistration, PersonSettings, PersonSettingsIn, Nobody, Role, Session, SessionOfMine, SignIn, TotpSecret } from './types';

/** A change of which a repeat does no harm, or that the server makes once by itself. */
const change = (method: Change['method'], body?: unknown): Change =>
  ({ method, key: crypto.randomUUID(), ...(body === undefined ? {} : { body }) });

/** A proof, or what leads to one: it must not be answered by asking for a proof. */
const proof = (body: unknown = {}): Change => ({ ...change('POST', body), isProof: true });

// Coming in.

export const getSignInProvider = async (): Promise<string | null> =>
  (await request<Nobody | Session>('/api/session')).signInProvider;
export const signInByPassword = (email: string, password: string): Promise<void> =>
  request('/api/sign-in/password', proof({ email, password }));
export const signInOptions = (): Promise<PasskeyOptions> => request('/api/sign-in/passkey/options', proof());
export const signInByPasskey = (answer: PasskeyAssertion): Promise<void> => request('/api/sign-in/passkey', proof(answer));
export const askForReset = (email: string): Promise<void> => request('/api/sign-in/reset', proof({ email }));
export const completeReset = (token: string, password: string): Promise<void> =>
  request('/api/sign-in/reset/complete', proof({ token, password }));
export const acceptInvitation = (token: string, name: string): Promise<void> =>
  request('/api/invitations/accept', proof({ token, name }));
export const setUpFirst = (token: string, email: string, name: string): Promise<void> =>
  request('/api/setup', proof({ token, email, name }));

/** By the links in the new mailbox and in the old one. */
export const confirmEmail = (token: string): Promise<void> => request('/api/email-changes/confirm', proof({ token }));
export const stopEmail = (token: string): Promise<void> => request('/api/email-changes/stop', proof({ token }));

// Proving afresh.

export const proveByCode = (code: string): Promise<void> => request('/api/session/totp', proof({ code }));
export const proveByRecoveryCode = (code: string): Promise<void> => request('/api/session/recovery-code', proof({ code }));
export const proofOptions = (): Promise<PasskeyOptions> => request('/api/session/passkey/options', proof());
export const proveByPasskey = (answer: PasskeyAssertion): Promise<void> => request('/api/session/passkey', proof(answer));

// What proves me. `isProof`: asked from within a dialog that asks for a proof, which must not open a second one.

const factor = (isProof: boolean, body: unknown = {}): Change => (isProof ? proof(body) : { ...change('POST', body), setsUp: true });

export const getMe = (): Promise<Me> => request('/api/me');
export const passkeyOptions = (isProof: boolean): Promise<PasskeyOptions> => request('/api/me/passkeys/options', factor(isProof));
export const addPasskey = (answer: PasskeyRegistration, isProof: boolean): Promise<void> =>
  request('/api/me/passkeys', factor(isProof, answer));
export const removePasskey = ({ id }: Passkey): Promise<void> => request(`/api/me/passkeys/${encodeURIComponent(id)}`, change('DELETE'));
export const beginTotp = (isProof: boolean): Promise<TotpSecret> => request('/api/me/totp', factor(isProof));
export const removeTotp = (): Promise<void> => request('/api/me/totp', change('DELETE'));
export const makeRecoveryCodes = async (): Promise<string[]> =>
  (await request<{ codes: string[] }>('/api/me/recovery-codes', change('POST', {}))).codes;
export const askForEmail = (email: string): Promise<Me> => request('/api/me/email', change('POST', { email }));
export const dropEmail = (): Promise<void> => request('/api/me/email', change('DELETE'));
export const renamePasskey = ({ id }: Passkey, name: string): Promise<Me> =>
  request(`/api/me/passkeys/${encodeURIComponent(id)}`, change('PUT', { name }));
export const setPassword = (password: string): Promise<void> => request('/api/me/password', change('PUT', { password }));

/** Where to send the browser: it comes back to /security. */
export const beginLink = async (): Promise<string> => (await request<{ url: string }>('/api/me/identities', change('POST', {}))).url;
export const unlink = (issuer: string): Promise<void> =>
  request(`/api/me/identities?issuer=${encodeURIComponent(issuer)}`, change('DELETE'));

// Where I am signed in, and was.

export const getSignIns = async (): Promise<SignIn[]> => (await request<{ data: SignIn[] }>('/api/me/sign-ins')).data;

export const getSessions = async (): Promise<SessionOfMine[]> => (await request<{ data: SessionOfMine[] }>('/api/me/sessions')).data;
export const endSession = (id: string): Promise<void> => request(`/api/me/sessions/${encodeURIComponent(id)}`, change('DELETE'));
export const endOtherSessions = (): Promise<void> => request('/api/me/sessions', change('DELETE'));

// Who else is in.

const MEMBERS = '/api/billing/members';
const memberPath = (id: string): string => `${MEMBERS}/${encodeURIComponent(id)}`;

export const getMembers = (): Promise<Members> => request(MEMBERS);
export const inviteMember = (email: string, role: Role): Promise<void> => request(MEMBERS, change('POST', { email, role }));
export const changeRole = (id: string, role: Role): Promise<void> => request(memberPath(id), change('PUT', { role }));
/** Also takes back an invitation. */
export const removeMember = (id: string): Promise<void> => request(memberPath(id), change('DELETE'));

// How pages are written for them.

export const getSettings = (): Promise<PersonSettings> => request('/api/me/settings');
export const setSettings = (settings: PersonSettingsIn): Promise<PersonSettings> => request('/api/me/settings', change('PUT', settings));
