// The wire shapes of the billing API, as SPEC-documented: camelCase, instants as RFC 3339 text, money in minor units.

export interface Money {
  amount: number;
  currency: string;
}

export type Instant = string;
export type Interval = 'month' | 'year';
/** null and "tracked" both mean: counted and shown, never limited. */
export type LimitValue = number | 'unlimited' | 'contract' | 'tracked' | null;
export type SessionMode = 'test' | 'live';

export type SessionKind = 'portal' | 'member' | 'operator' | 'impersonation';
export type Role = 'owner' | 'billing_admin' | 'viewer';

export interface Session {
  /** The customer; null for who operates the installation. */
  userId: string | null;
  /** The customer's, or of an operator their own. */
  email: string;
  name: string;
  mode: SessionMode;
  csrfToken: string;
  personId: string;
  personName: string | null;
  personEmail: string | null;
  role: Role | 'admin' | 'finance' | 'support' | 'auditor';
  kind: SessionKind;
  /** Of an impersonation. */
  reason: string | null;
  expiresAt: Instant;
  needsSecondFactor: boolean;
  locale: string | null;
  timeZone: string | null;
  firstWeekday: number;
  /** By which OpenID provider people may come in. */
  signInProvider: string | null;
}

/** What a stranger's session says. */
export interface Nobody {
  personId: null;
  csrfToken: null;
  signInProvider: string | null;
}

export interface Passkey {
  id: string;
  name: string;
  createdAt: Instant;
  usedAt: Instant | null;
}

export interface Me {
  id: string;
  email: string | null;
  name: string | null;
  /** Asked for, and not confirmed yet. */
  newEmail: string | null;
  newEmailUntil: Instant | null;
  hasPassword: boolean;
  hasTotp: boolean;
  recoveryCodesLeft: number;
  passkeys: Passkey[];
  identities: Identity[];
}

/** Bytes are base64url, here and in what a passkey answers. */
export interface PasskeyOptions {
  challenge: string;
  rpId: string;
  userHandle: string | null;
  timeoutMs: number;
}

export interface PasskeyRegistration {
  clientDataJSON: string;
  attestationObject: string;
  name: string;
}

export interface PasskeyAssertion {
  credentialId: string;
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
}

export interface TotpSecret {
  secret: string;
  url: string;
  qrSvg: string;
}

/** An account at an OpenID provider; without a name it is no longer the installation's. */
export interface Identity {
  issuer: string;
  name: string | null;
  signsIn: boolean;
  since: string;
}

export interface SignIn {
  at: string;
  method: 'password' | 'passkey' | 'provider' | 'platform' | 'totp' | 'recovery_code';
  outcome: 'done' | 'pending' | 'wrong' | 'locked';
  network: string | null;
  userAgent: string;
}

/** As chosen; null: not. */
export interface PersonSettingsIn {
  language: string | null;
  locale: string | null;
  timeZone: string | null;
  firstWeekday: number | null;
}

export interface PersonSettings extends PersonSettingsIn {
  accountTimeZone: string | null;
  locales: string[];
}

export interface SessionOfMine {
  id: string;
  kind: SessionKind;
  userId: string | null;
  address: string;
  userAgent: string;
  isThis: boolean;
  createdAt: Instant;
  seenAt: Instant;
}

export interface Member {
  id: string;
  email: string | null;
  name: string | null;
  role: Role;
  hasPasskey: boolean;
  hasTotp: boolean;
  since: Instant;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  expiresAt: Instant;
}

export interface Members {
  data: Member[];
  invitations: Invitation[];
}

export interface PlanLimit {
  limit: LimitValue;
  softLimitPercent?: number;
}

export interface Plan {
  tier: string;
  version: number;
  name: string;
  prices: { month: Money | null; year: Money | null };
  limits: Record<string, PlanLimit>;
  features: Record<string, boolean>;
  support: string;
}

export interface Catalogue {
  currency: string;
  plans: Plan[];
}

export interface PendingChange {
  tier: string;
  interval: Interval | null;
  at: Instant;
}

/** Another price of the same plan, of which the customer was told. */
export interface ComingPrice {
  id: string;
  at: Instant;
  planVersion: number;
  price: Money;
}

export interface Subscription {
  id: string | null;
  userId: string;
  tier: string;
  planVersion: number;
  interval: Interval | null;
  status: string;
  access: 'full' | 'restricted' | 'none';
  /** While money is owed: until when access is full. */
  accessUntil: Instant | null;
  currentPeriodStart: Instant | null;
  currentPeriodEnd: Instant | null;
  usagePeriodStart: Instant;
  usagePeriodEnd: Instant;
  cancelAtPeriodEnd: boolean;
  /** While it is paused: when it goes on by itself. */
  resumesAt: Instant | null;
  pendingChange: PendingChange | null;
  priceChange: ComingPrice | null;
  stripeSubscriptionId: string | null;
  price: Money | null;
  limits: Record<string, PlanLimit>;
  features: Record<string, boolean>;
}

export type UsageState = 'ok' | 'warning' | 'over' | 'blocked';

export type UsageNoticeName = 'warning' | 'limit_reached' | 'grace_ending' | 'blocked';

/** What the customer was told of a limit, by mail as well. */
export interface UsageNotice {
  notice: UsageNoticeName;
  at: Instant | null;
  limit: number | null;
}

export interface MetricUsage {
  metric: string;
  kind: 'counter' | 'gauge';
  unit: string;
  used: number;
  limit: LimitValue;
  hardLimit: number | null;
  remaining: number | null;
  percent: number | null;
  state: UsageState;
  graceEndsAt: Instant | null;
  resetsAt: Instant | null;
  projected: number | null;
  lastHeardAt: Instant | null;
  notices: UsageNotice[];
}

export interface Usage {
  periodStart: Instant;
  periodEnd: Instant;
  asOf: Instant;
  metrics: MetricUsage[];
}

export interface InvoiceLine {
  description: string;
  /** Before discount and tax. */
  amount: Money;
  period: { start: Instant; end: Instant } | null;
  proration: boolean;
}

export type InvoiceState = 'draft' | 'due' | 'past_due' | 'paid' | 'refunded' | 'corrected' | 'void' | 'written_off';

export interface Invoice {
  id: string;
  number: string | null;
  userId: string;
  /** What may be done with it, in Stripe's word. */
  status: string;
  /** How it stands, for people. */
  state: InvoiceState;
  amount: Money;
  amountDue: Money;
  amountPaid: Money;
  /** Of what was paid. */
  givenBack: Money;
  tax: Money | null;
  discount: Money | null;
  dueDate: Instant | null;
  periodStart: Instant;
  periodEnd: Instant;
  createdAt: Instant;
  stripeInvoiceId: string | null;
  hostedUrl: string | null;
  pdfUrl: string | null;
  corrects: InvoiceLink | null;
  correctedBy: InvoiceLink | null;
  lines?: InvoiceLine[];
}

/** Another invoice; it has no number while it is a draft. */
export interface InvoiceLink {
  id: string;
  number: string | null;
}

/** What the next invoice would be; it has no id or number yet. */
export type UpcomingInvoice = Pick<Invoice, 'amount' | 'amountDue' | 'tax' | 'discount' | 'periodStart' | 'periodEnd' | 'dueDate' | 'lines'> & {
  /** What the customer's balance adds to the amount; negative when it pays. */
  balance: Money;
  /** The price alone: the provider could not be asked. */
  estimated: boolean;
};

export interface Refund {
  id: string;
  status: string;
  amount: Money;
  createdAt: Instant;
}

export interface CreditNote {
  id: string;
  number: string;
  status: string;
  amount: Money;
  refunded: Money;
  credited: Money;
  outOfBand: Money;
  createdAt: Instant;
  pdfUrl: string | null;
}

export interface GivenBack {
  refunds: Refund[];
  creditNotes: CreditNote[];
}

export interface BillingDetails {
  email: string;
  name: string;
  purchaseOrder?: string;
  address: Partial<Record<'line1' | 'line2' | 'city' | 'state' | 'postalCode', string>> & { country: string | null };
}

export interface TaxId {
  id: string;
  type: string;
  value: string;
  /** The provider's word; null where it says none. */
  verification: string | null;
}

/** One of the provider's accounts: `type` names the member that holds its numbers. */
export type BankAddress = { type: string } & Record<string, unknown>;

export interface BankTransfer {
  currency: string | null;
  addresses: BankAddress[];
  /** What has arrived and pays nothing yet, in minor units by currency. */
  available: Record<string, number>;
  asOf: Instant | null;
}

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export interface PaymentMethod {
  id: string;
  type: string;
  brand: string | null;
  last4: string;
  expiry: { month: number; year: number } | null;
  isDefault: boolean;
  stripePaymentMethodId: string;
}

export interface SetupPage {
  setupUrl: string;
  expiresAt: Instant;
}

export interface ChangePreview {
  lines: InvoiceLine[];
  amountDueNow: Money;
  tax: Money;
  discount: Money;
  /** Lines, discount and tax; below zero it goes to the balance. */
  amount: Money;
  balance: Money;
  /** List prices: the provider does not know the customer yet. */
  estimated: boolean;
  nextInvoice: { at: Instant; amount: Money } | null;
  featuresLost: string[];
  limitsExceeded: LimitExceeded[];
  quoteId: string | null;
  validUntil: Instant | null;
  /** What renews by itself afterwards; null: nothing. */
  renewal: ConsentWords | null;
  /** What a consumer may ask for who could still withdraw. */
  earlyStart: ConsentWords | null;
}

/** To be shown word for word; agreed to by sending the hash. */
export interface ConsentWords {
  text: string;
  textHash: string;
  language: string;
  required: boolean;
}

/** A metric whose use is above the new plan's limit. */
export interface LimitExceeded {
  metric: string;
  used: number;
  limit: number;
}

export interface PlanChange {
  tier: string;
  interval: Interval;
  /** Only a step down has the choice; all else is now. */
  when?: 'now' | 'period_end';
  coupon?: string;
  quoteId?: string;
  renewalConsent?: string;
  earlyStartConsent?: string;
}
