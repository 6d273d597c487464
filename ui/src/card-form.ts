// The whole script of the page for cards, where --card-form embedded says so. The fields are Stripe's, in its frames:
// what is typed there never reaches this page or our server. It stands alone, without the app and without imports, so that
// the scripts of this page are two: this one and Stripe's.

interface Outcome {
  error?: { message?: string };
  paymentMethod?: { id: string };
}
interface Elements {
  create(kind: 'payment'): { mount(where: string): void };
  submit(): Promise<Outcome>;
}
interface Stripe {
  elements(options: { mode: 'setup'; currency: string; paymentMethodCreation: 'manual'; paymentMethodTypes: string[] }): Elements;
  createPaymentMethod(options: { elements: Elements }): Promise<Outcome>;
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
  },
  de: {
    title: 'Karte hinzufügen', accessibility: 'Barrierefreiheit', save: 'Karte speichern', cancel: 'Abbrechen', working: 'Wird gespeichert…',
    about: 'Die Felder gehören unserem Zahlungsdienst Stripe. Die Nummer sehen wir nie.',
    signIn: 'Sie sind nicht angemeldet.', toSignIn: 'Anmelden', noProvider: 'Das Formular des Zahlungsdienstes wurde nicht geladen. Erlauben Sie js.stripe.com und laden Sie die Seite neu.',
    stale: 'Das hat lange gedauert: Gehen Sie zurück zur Abrechnung und fügen Sie die Karte noch einmal hinzu, damit wir wissen, dass Sie es sind.', failed: 'Sie wurde nicht gespeichert. Bitte versuchen Sie es noch einmal.',
  },
};
const language = navigator.language.startsWith('de') ? 'de' : 'en';
const words = WORDS[language];
const RETURN_KEY = 'turnpike.setup.return';

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
  const path = sessionStorage.getItem(RETURN_KEY) ?? '/billing?setup=done';
  sessionStorage.removeItem(RETURN_KEY);
  location.assign(/^\/(?!\/)/.test(path) ? path : '/billing?setup=done');
}

async function keep(paymentMethodId: string, csrfToken: string): Promise<void> {
  const answer = await fetch('/api/billing/payment-methods', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken, 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify({ paymentMethodId }),
  });
  if (answer.ok) return goBack();
  const problem = (await answer.json()) as { code?: string; detail?: string };
  say(problem.code === 'step_up_required' ? words.stale : problem.detail ?? words.failed);
}

async function save(stripe: Stripe, elements: Elements, csrfToken: string): Promise<void> {
  const checked = await elements.submit();
  if (checked.error) return say(checked.error.message ?? words.failed);
  const made = await stripe.createPaymentMethod({ elements });
  if (!made.paymentMethod) return say(made.error?.message ?? words.failed);
  await keep(made.paymentMethod.id, csrfToken);
}

function offer(stripe: Stripe, currency: string, csrfToken: string): void {
  const elements = stripe.elements({ mode: 'setup', currency, paymentMethodCreation: 'manual', paymentMethodTypes: ['card'] });
  elements.create('payment').mount('#card');
  const button = element('save') as HTMLButtonElement;
  element('form').hidden = false;
  element('form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    button.textContent = words.working;
    say('');
    save(stripe, elements, csrfToken).catch(() => say(words.failed)).finally(() => {
      button.disabled = false;
      button.textContent = words.save;
    });
  });
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
  offer(window.Stripe(publishableKey), currency, session.csrfToken);
}

addEventListener('DOMContentLoaded', () => { begin().catch(() => say(words.failed)); });

export {};
