// Words. One catalogue per language, English built in, the others fetched when the browser asks for them. A message
// takes {names}; one that depends on a number has a form per plural category and is chosen by {count}.

import { signal } from '@preact/signals';

import en from './en.json';

type Catalogue = typeof en;
export type MessageKey = keyof Catalogue;
type Message = string | Record<string, string>;
type Values = Record<string, string | number>;

const LOADERS: Record<string, () => Promise<{ default: Record<string, Message> }>> = {
  de: () => import('./de.json'),
};

interface Language {
  /** BCP 47 tag for Intl: the visitor's own when the catalogue speaks that language. */
  locale: string;
  messages: Record<string, Message>;
}

const language = signal<Language>({ locale: 'en-US', messages: en });

export const locale = (): string => language.value.locale;

/** The language in which the server is to speak: it has those that the pages have. */
export const serverLanguage = (): 'en' | 'de' => (locale().split('-')[0] === 'de' ? 'de' : 'en');

/** Takes the first of the visitor's languages that there is a catalogue for. */
export async function loadLanguage(wanted: readonly string[]): Promise<void> {
  for (const tag of wanted) {
    const base = tag.split('-')[0] ?? '';
    if (base === 'en') {
      language.value = { locale: tag === 'en' ? 'en-US' : tag, messages: en };
      break;
    }
    const load = LOADERS[base];
    if (load) {
      language.value = { locale: tag, messages: (await load()).default };
      break;
    }
  }
  document.documentElement.lang = language.value.locale.split('-')[0] ?? 'en';
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

export function t(key: MessageKey, values: Values = {}): string {
  const { messages, locale: tag } = language.value;
  return formatMessage(messages[key] ?? en[key], values, tag);
}

/** A name the server may know before we do ("edge_cache" → "Edge cache" when the catalogue has no word for it). */
export function tName(group: 'metric' | 'feature' | 'support' | 'subscription' | 'invoice' | 'refund' | 'taxId' | 'verification' | 'brand' | 'tier', name: string): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const message = language.value.messages[`${group}.${slug}`];
  if (typeof message === 'string') return message;
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The words of a part that few visitors see, fetched together with it. `load` takes the visitor's language. */
export function wordsOf<C extends Record<string, string>>(english: C, loaders: Record<string, () => Promise<{ default: C }>>) {
  let messages = english;
  const load = async (): Promise<void> => {
    const fetchWords = loaders[locale().split('-')[0] ?? ''];
    if (fetchWords) messages = (await fetchWords()).default;
  };
  const say = (key: keyof C & string, values: Values = {}): string => formatMessage(messages[key] ?? english[key] ?? '', values, locale());
  return { load, say };
}
