// A change of plan at work: choose → preview → confirm → receipt. What is confirmed is the quote on the screen;
// when that has run out the new one is shown first and nothing is charged.

import { signal } from '@preact/signals';

import { changePlan, getInvoices, previewChange, subscribe } from '../../api/billing';
import { Keyring } from '../../api/idempotency';
import type { Problem } from '../../api/problem';
import type { ChangePreview, Money, PaymentMethod, Plan, PlanChange, Subscription } from '../../api/types';
import { serverLanguage } from '../../i18n';
import { noteSession } from '../../lib/app_state';
import { serverNow } from '../../lib/clock';
import { asProblem } from '../../lib/resource';
import { goToSetupPage } from '../../paying/setup';
import { directionOf, isSamePrice, requestOf, type Choice } from './change';

export type Step = 'choose' | 'previewing' | 'ready' | 'paying';
export type Requoted = 'none' | 'same' | 'different';

/** Until a preview is told that the customer is busy: 10 seconds. */
const BUSY_TURNS = 25;
const BUSY_MS = 400;
/** setTimeout counts in 32 bits. */
const TIMER_MS_MAX = 2_147_483_647;

export interface Known {
  plans: Plan[];
  current: Subscription;
  /** null: they could not be read. */
  methods: PaymentMethod[] | null;
}

/** What a receipt is of: the invoice that was paid, or no invoice. */
export const NO_INVOICE = 'done';

/** The newest invoice is the one that was just paid, if it is of that amount. */
export async function receiptOf(paid: Money | null): Promise<string> {
  if (paid?.amount === 0) return NO_INVOICE;
  const newest = await getInvoices().then(({ data }) => data[0], () => undefined);
  const isIt = newest?.status === 'paid' && (paid === null || newest.amountPaid.amount === paid.amount);
  return isIt ? newest.id : NO_INVOICE;
}

export class ChangeState {
  readonly choice;
  readonly step = signal<Step>('choose');
  readonly preview = signal<ChangePreview | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly requoted = signal<Requoted>('none');
  /** The price that was held before the present one, while they differ. */
  readonly before = signal<ChangePreview | null>(null);
  /** Why the code that was tried is not applied. */
  readonly couponProblem = signal<Problem | null>(null);
  /** Hashes of what the person has ticked: other words have another hash, and are not ticked. */
  readonly agreedTo = signal('');
  readonly startsEarly = signal('');
  /** It was confirmed without the tick that it needs. */
  readonly lacksConsent = signal(false);
  readonly known: Known;
  readonly #onDone: (receipt: string) => void;
  readonly #keys = new Keyring();
  #latest = 0;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(known: Known, choice: Choice, onDone: (receipt: string) => void) {
    this.known = known;
    this.#onDone = onDone;
    this.choice = signal(choice);
  }

  get direction() {
    return directionOf(this.choice.value, this.known.current, this.known.plans);
  }

  /** True when something would be charged now and there is nothing to charge it to. */
  get needsCard(): boolean {
    const due = this.preview.value?.amountDueNow.amount ?? 0;
    return due > 0 && this.known.methods?.length === 0;
  }

  get hasAgreed(): boolean {
    const renewal = this.preview.value?.renewal ?? null;
    return renewal === null || this.agreedTo.value === renewal.textHash;
  }

  agree(hash: string): void {
    this.agreedTo.value = hash;
    this.lacksConsent.value = false;
  }

  choose(part: Partial<Choice>): void {
    this.choice.value = { ...this.choice.value, ...part };
    this.requoted.value = 'none';
    this.before.value = null;
    this.couponProblem.value = null;
    void this.refresh();
  }

  /** Fetches what the present choice costs; only the latest request's answer is shown. */
  async refresh(): Promise<void> {
    const mine = ++this.#latest;
    clearTimeout(this.#expiry);
    this.problem.value = null;
    this.preview.value = null;
    if (this.direction === 'none') {
      this.step.value = 'choose';
      return;
    }
    this.step.value = 'previewing';
    try {
      const preview = await this.#ask(mine);
      if (mine !== this.#latest || preview === null) return;
      this.preview.value = preview;
      this.step.value = 'ready';
      this.#watchExpiry(preview);
    } catch (error) {
      if (mine !== this.#latest) return;
      if (this.#isAboutCoupon(error)) await this.#withoutCoupon(asProblem(error));
      else this.#fail(error, 'choose');
    }
  }

  /** The server does one thing of a customer at a time, and what was asked for the choice before may still be under way. */
  async #ask(mine: number): Promise<ChangePreview | null> {
    for (let turn = 1; mine === this.#latest; turn += 1) {
      try {
        return await previewChange(requestOf(this.choice.value, this.direction), serverLanguage());
      } catch (error) {
        if (asProblem(error).code !== 'operation_in_progress' || turn === BUSY_TURNS) throw error;
        await new Promise((fulfil) => setTimeout(fulfil, BUSY_MS));
      }
    }
    return null;
  }

  #isAboutCoupon(error: unknown): boolean {
    return this.choice.value.coupon !== '' && asProblem(error).code.startsWith('coupon_');
  }

  /** A code that does not fit leaves the choice as it was without it, and says why. */
  async #withoutCoupon(problem: Problem): Promise<void> {
    this.choice.value = { ...this.choice.value, coupon: '' };
    await this.refresh();
    this.couponProblem.value = problem;
  }

  async confirm(): Promise<void> {
    const preview = this.preview.value;
    if (!preview || this.step.value !== 'ready') return;
    if (!this.hasAgreed) {
      this.lacksConsent.value = true;
      return;
    }
    this.step.value = 'paying';
    this.problem.value = null;
    clearTimeout(this.#expiry);
    try {
      await this.#commit(preview);
      this.#onDone(await receiptOf(preview.amountDueNow));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === 'quote_expired' || problem.code === 'renewal_changed') await this.#requote();
      else this.#fail(problem, 'ready');
    }
  }

  /** Leaves for the hosted payment page, which comes back to this very choice. */
  async addCard(): Promise<void> {
    this.problem.value = null;
    try {
      await this.#keys.run('setup', (key) => goToSetupPage(this.known.methods ?? [], this.choice.value, key));
    } catch (error) {
      this.#fail(error, this.step.value);
    }
  }

  stop(): void {
    this.#latest += 1;
    clearTimeout(this.#expiry);
  }

  #commit(preview: ChangePreview): Promise<Subscription> {
    if (this.direction === 'first') {
      const first = { ...requestOf(this.choice.value, 'first'), ...this.#consents(preview) };
      return this.#keys.run(['subscribe', first], (key) => subscribe(first, key));
    }
    const quote = preview.quoteId === null ? {} : { quoteId: preview.quoteId };
    const change = { ...requestOf(this.choice.value, this.direction), ...quote, ...this.#consents(preview) };
    return this.#keys.run(change, (key) => changePlan(change, key));
  }

  #consents({ renewal, earlyStart }: ChangePreview): Pick<PlanChange, 'renewalConsent' | 'earlyStartConsent'> {
    return {
      ...(renewal ? { renewalConsent: renewal.textHash } : {}),
      ...(earlyStart && this.startsEarly.value === earlyStart.textHash ? { earlyStartConsent: earlyStart.textHash } : {}),
    };
  }

  async #requote(): Promise<void> {
    const before = this.preview.value;
    await this.refresh();
    const now = this.preview.value;
    if (!before || !now) return;
    const isSame = isSamePrice(before, now);
    this.requoted.value = isSame ? 'same' : 'different';
    this.before.value = isSame ? null : before;
  }

  #watchExpiry(preview: ChangePreview): void {
    if (!preview.validUntil) return;
    const left = Date.parse(preview.validUntil) - serverNow();
    this.#expiry = setTimeout(() => void this.#requote(), Math.min(Math.max(left, 0), TIMER_MS_MAX));
  }

  #fail(error: unknown, step: Step): void {
    const problem = asProblem(error);
    this.step.value = step;
    if (!noteSession(problem)) this.problem.value = problem;
  }
}
