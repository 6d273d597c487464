// The whole script of the page for cards, where --card-form embedded says so. The fields are Stripe's, in its frames:
// what is typed there never reaches this page or our server. It stands alone, without the app and without imports, so that
// the scripts of this page are two: this one and Stripe's.
//
// A SetupIntent is made when the card is saved, not before. Stripe's script confirms it with the card, and shows what the
// bank asks; then the server looks at it itself and keeps the card. The intent's secret is in this page's memory alone.

interface SetupIntent {
  id: string;
  status: string;
}
interface Outcome {
  error?: { message?: string; setup_intent?: SetupIntent };
  setupIntent?: SetupIntent;
}
interface Elements {
  create(kind: 'payment'): { mount(where: string): void };
  submit(): Promise<Outcome>;
}
interface Stripe {
  elements(options: { mode: 'setup'; setupFutureUsage: 'off_session'; currency: string; paymentMethodTypes: string[] }): Elements;
  confirmSetup(options: {
    elements: Elements; clientSecret: string; redirect: 'if_required'; confirmParams: { return_url: string };
  }): Promise<Outcome>;
}
declare global {
  interface Window {
    Stripe?: (key: string) => Stripe;
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown };
  }
}

const WORDS = {
  en: {
    title: 'Add a card', accessibility: 'Accessibility', save: 'Save card', cancel: 'Cancel', working: 'Saving…',
    about: 'The fields are those of our payment provider, Stripe. We never see the number.',
    signIn: 'You are not signed in.', toSignIn: 'Sign in', noProvider: 'The payment provider’s form did not load. Allow js.stripe.com, and reload the page.',
    stale: 'That took long: go back to billing and add the card once more, so that we know it is you.', failed: 'It was not saved. Please try again.',
    notKept: 'The card was not saved.', unconfirmed: 'Your bank has not confirmed it. Please try again, or use another card.',
  },
  de: {
    title: 'Karte hinzufügen', accessibility: 'Barrierefreiheit', save: 'Karte speichern', cancel: 'Abbrechen', working: 'Wird gespeichert…',
    about: 'Die Felder gehören unserem Zahlungsdienst Stripe. Die Nummer sehen wir nie.',
    signIn: 'Sie sind nicht angemeldet.', toSignIn: 'Anmelden', noProvider: 'Das Formular des Zahlungsdienstes wurde nicht geladen. Erlauben Sie js.stripe.com und laden Sie die Seite neu.',
    stale: 'Das hat lange gedauert: Gehen Sie zurück zur Abrechnung und fügen Sie die Karte noch einmal hinzu, damit wir wissen, dass Sie es sind.', failed: 'Sie wurde nicht gespeichert. Bitte versuchen Sie es noch einmal.',
    notKept: 'Die Karte wurde nicht gespeichert.', unconfirmed: 'Ihre Bank hat sie nicht bestätigt. Bitte versuchen Sie es noch einmal oder nehmen Sie eine andere Karte.',
  },
};
const language = navigator.language.startsWith('de') ? 'de' : 'en';
const words = WORDS[language];
const HOME = '/billing/payment-methods?setup=done';
const RETURN_KEY = 'turnpike.setup.return';
const INTENT_KEY = 'turnpike.setup.intent';
const METHODS = '/api/billing/payment-methods';

// Stripe's script loads parts of itself: from its own hosts, and nothing else may load any.
window.trustedTypes?.createPolicy('default', {
  createScriptURL: (url) => {
    const { protocol, host } = new URL(url, location.href);
    if (protocol === 'https:' && (host === 'js.stripe.com' || host.endsWith('.js.stripe.com'))) return url;
    throw new TypeError('no script from there');
  },
});

const element = (id: string): HTMLElement => document.getElementById(id)!;
const say = (text: string): void => { element('message').textContent = text; };

/** Back to where the card was asked for, on this server; the billing page by itself. */
function goBack(): void {
  const path = sessionStorage.getItem(RETURN_KEY) ?? HOME;
  sessionStorage.removeItem(RETURN_KEY);
  location.assign(/^\/(?!\/)/.test(path) ? path : HOME);
}

/** What the visitor has come to: the secret of a SetupIntent, and its id once the bank has confirmed it. */
interface Progress {
  clientSecret: string;
  confirmedId: string;
}

function post(path: string, csrfToken: string, body: object): Promise<Response> {
  return fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken, 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify(body),
  });
}

async function sayProblem(answer: Response): Promise<void> {
  const problem = (await answer.json()) as { code?: string; detail?: string };
  say(problem.code === 'step_up_required' ? words.stale : problem.detail ?? words.failed);
}

async function keep(progress: Progress, csrfToken: string): Promise<void> {
  const answer = await post(METHODS, csrfToken, { setupIntentId: progress.confirmedId });
  if (answer.ok) return goBack();
  // Whether or not the server could ask, the bank's word stands; but an intent that it has refused is of no more use.
  if ([402, 404, 409].includes(answer.status)) Object.assign(progress, { clientSecret: '', confirmedId: '' });
  await sayProblem(answer);
}

/** True once the bank has confirmed the card; else says why not. The same intent is good for another try. */
async function confirm(stripe: Stripe, elements: Elements, progress: Progress): Promise<boolean> {
  sessionStorage.setItem(INTENT_KEY, progress.clientSecret.split('_secret_')[0]!);
  const { error, setupIntent } = await stripe.confirmSetup({
    elements, clientSecret: progress.clientSecret, redirect: 'if_required', confirmParams: { return_url: location.origin + location.pathname },
  });
  const intent = setupIntent ?? error?.setup_intent;
  if (intent?.status === 'succeeded') progress.confirmedId = intent.id;
  else say(`${words.notKept} ${error?.message ?? words.unconfirmed}`);
  return progress.confirmedId !== '';
}

async function save(stripe: Stripe, elements: Elements, progress: Progress, csrfToken: string): Promise<void> {
  if (progress.confirmedId === '') {
    const checked = await elements.submit();
    if (checked.error) return say(checked.error.message ?? words.failed);
    if (progress.clientSecret === '') {
      const answer = await post(`${METHODS}/setup-intents`, csrfToken, {});
      if (!answer.ok) return sayProblem(answer);
      ({ clientSecret: progress.clientSecret } = (await answer.json()) as { clientSecret: string });
    }
    if (!(await confirm(stripe, elements, progress))) return;
  }
  await keep(progress, csrfToken);
}

/** Some banks ask on a page of their own and send the visitor back with what came of it. */
function cameBackWith(): URLSearchParams {
  const query = new URLSearchParams(location.search);
  if (query.has('setup_intent')) history.replaceState(null, '', location.pathname); // it has the secret in it
  return query;
}

function offer(stripe: Stripe, currency: string, csrfToken: string, back: URLSearchParams): void {
  const elements = stripe.elements({ mode: 'setup', setupFutureUsage: 'off_session', currency, paymentMethodTypes: ['card'] });
  elements.create('payment').mount('#card');
  const progress: Progress = { clientSecret: '', confirmedId: '' };
  const button = element('save') as HTMLButtonElement;
  const work = (doing: () => Promise<void>): void => {
    if (button.disabled) return;
    button.disabled = true;
    button.textContent = words.working;
    say('');
    doing().catch(() => say(words.failed)).finally(() => {
      button.disabled = false;
      button.textContent = words.save;
    });
  };
  element('form').hidden = false;
  element('form').addEventListener('submit', (event) => {
    event.preventDefault();
    work(() => save(stripe, elements, progress, csrfToken));
  });
  const id = back.get('setup_intent');
  if (id === null || id !== sessionStorage.getItem(INTENT_KEY)) return; // an address alone saves nothing
  if (back.get('redirect_status') !== 'succeeded') return say(`${words.notKept} ${words.unconfirmed}`);
  work(() => keep(Object.assign(progress, { confirmedId: id }), csrfToken));
}

function put(): void {
  document.documentElement.lang = language;
  document.title = words.title;
  element('title').textContent = words.title;
  element('about').textContent = words.about;
  element('save').textContent = words.save;
  element('back').textContent = words.cancel;
  element('accessibility').textContent = words.accessibility;
}

async function begin(): Promise<void> {
  const back = cameBackWith();
  put();
  const session = (await (await fetch('/api/session')).json()) as { userId: string | null; csrfToken: string | null };
  if (session.userId === null || session.csrfToken === null) {
    say(words.signIn);
    const link = document.createElement('a');
    link.href = '/sign-in';
    link.textContent = words.toSignIn;
    element('message').append(' ', link);
    return;
  }
  if (!window.Stripe) return say(words.noProvider);
  const { publishableKey, currency } = (await (await fetch('/api/card-form')).json()) as { publishableKey: string; currency: string };
  offer(window.Stripe(publishableKey), currency, session.csrfToken, back);
}

addEventListener('DOMContentLoaded', () => { begin().catch(() => say(words.failed)); });

export {};
