// Words. One catalogue per language and part, fetched as data: none of them is script, and a visitor gets one language.
// The server picks the document of the visitor's language; its `lang` says which. A message takes {names}; one that depends
// on a number has a form per plural category and is chosen by {count}.

import { signal } from '@preact/signals';

import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

export type Language = 'en' | 'de';
export type MessageKey = keyof typeof english;
type Message = string | Record<string, string>;
type Messages = Record<string, Message>;
type Values = Record<string, string | number>;

interface Spoken {
  language: Language;
  /** BCP 47 tag for Intl: the visitor's own where it is of that language. */
  locale: string;
  messages: Messages;
  /** In their order: the built script asks by place (build/words.ts). */
  list: readonly Message[];
}

const spoken = signal<Spoken>({ language: 'en', locale: 'en-US', messages: {}, list: [] });

/** How pages are written for whoever is signed in, as they or their account have it; null: nobody has chosen. */
export interface Preferred {
  /** Of the document's language. */
  locale: string | null;
  timeZone: string | null;
  /** 1 is Monday, 7 Sunday. */
  firstWeekday: number;
}

const preferred = signal<Preferred | null>(null);

/** A zone that this browser does not know is UTC. */
export function prefer(wanted: Preferred | null): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: wanted?.timeZone ?? 'UTC' });
    preferred.value = wanted;
  } catch {
    preferred.value = wanted && { ...wanted, timeZone: null };
  }
}

export const locale = (): string => preferred.value?.locale ?? spoken.value.locale;

/** In which times are shown: "Europe/Berlin". */
export const zone = (): string => preferred.value?.timeZone ?? 'UTC';

export const firstWeekday = (): number => preferred.value?.firstWeekday ?? 1;

/** The language in which the server is to speak: it has those that the pages have. */
export const serverLanguage = (): Language => spoken.value.language;

const DEFAULT_LOCALE: Record<Language, string> = { en: 'en-US', de: 'de-DE' };

const fetched = new Map<string, Promise<unknown>>();

async function fetchAnew(address: string): Promise<unknown> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** Once for each address; what failed is asked for again the next time. */
export function fetchData<T>(address: string): Promise<T> {
  let data = fetched.get(address);
  if (!data) {
    data = fetchAnew(address);
    data.catch(() => fetched.delete(address));
    fetched.set(address, data);
  }
  return data as Promise<T>;
}

/** `link`: what the document names, the words of its page by the address that each part would ask for (build/documents.ts). */
export async function takeAhead(link: HTMLLinkElement | null): Promise<void> {
  if (!link) return;
  for (const [address, data] of Object.entries(await fetchData<object>(link.href))) fetched.set(address, Promise.resolve(data));
}

/** `documentLanguage`: what the server chose; `wanted`: the visitor's tags, of which the first of that language is taken. */
export async function loadLanguage(documentLanguage: string, wanted: readonly string[]): Promise<void> {
  const language = documentLanguage === 'de' ? 'de' : 'en';
  const own = wanted.find((tag) => tag.startsWith(`${language}-`));
  const messages = await fetchData<Messages>({ en, de }[language]);
  spoken.value = { language, locale: own ?? DEFAULT_LOCALE[language], messages, list: Object.values(messages) };
}

export function formatMessage(message: Message, values: Values, tag: string): string {
  let text: string | undefined;
  if (typeof message === 'string') {
    text = message;
  } else {
    const category = new Intl.PluralRules(tag).select(Number(values['count'] ?? 0));
    text = message[category] ?? message['other'];
  }
  return (text ?? '').replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(tag).format(value) : value;
  });
}

const messageOf = (messages: Messages, list: readonly Message[], key: string | number): Message => (typeof key === 'number' ? list[key] : messages[key]) ?? '';

export function t(key: MessageKey, values: Values = {}): string {
  const { messages, list } = spoken.value;
  return formatMessage(messageOf(messages, list, key), values, locale());
}

/** A name the server may know before we do ("edge_cache" → "Edge cache" when the catalogue has no word for it). */
export function tName(group: 'metric' | 'feature' | 'support' | 'subscription' | 'invoice' | 'refund' | 'taxId' | 'verification' | 'brand' | 'tier', name: string): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const message = spoken.value.messages[`${group}.${slug}`];
  if (typeof message === 'string') return message;
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The words of a part, fetched together with the code that needs them. `C`: its English catalogue. */
export function wordsOf<C>(addresses: Record<Language, string>) {
  let messages: Messages | null = null;
  let list: readonly Message[] = [];
  const load = async (): Promise<void> => {
    messages ??= await fetchData<Messages>(addresses[spoken.value.language]);
    list = Object.values(messages);
  };
  const has = (key: string): key is keyof C & string => messages !== null && key in messages;
  const say = (key: keyof C & string, values: Values = {}): string => formatMessage(messageOf(messages ?? {}, list, key), values, locale());
  return { load, has, say };
}
