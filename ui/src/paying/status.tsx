// How an invoice stands, in one word.

import type { Invoice, InvoiceState } from '../api/types';
import { Badge, type Tone } from '../components/Badge';
import { tName } from '../i18n';

const TONES: Record<InvoiceState, Tone> = {
  draft: 'neutral', due: 'warning', past_due: 'bad', paid: 'good', refunded: 'neutral', corrected: 'neutral', void: 'neutral', written_off: 'over',
};
export const INVOICE_STATES = Object.keys(TONES) as InvoiceState[];

export const InvoiceStatus = ({ invoice: { state } }: { invoice: Pick<Invoice, 'state'> }) => <Badge tone={TONES[state] ?? 'neutral'}>{tName('invoice', state)}</Badge>;
