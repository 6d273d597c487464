// How an invoice stands, in one word.

import type { Invoice } from '../api/types';
import { Badge, type Tone } from '../components/Badge';
import { tName } from '../i18n';
import { serverNow } from '../lib/clock';

function statusOf(invoice: Invoice): { tone: Tone; name: string } {
  if (invoice.correctedBy !== null) return { tone: 'neutral', name: 'corrected' };
  switch (invoice.status) {
    case 'paid':
      return { tone: 'good', name: 'paid' };
    case 'open': {
      const isLate = invoice.dueDate !== null && Date.parse(invoice.dueDate) < serverNow();
      return isLate ? { tone: 'bad', name: 'past_due' } : { tone: 'warning', name: 'open' };
    }
    case 'uncollectible':
      return { tone: 'over', name: invoice.status };
    default:
      return { tone: 'neutral', name: invoice.status };
  }
}

export function InvoiceStatus({ invoice }: { invoice: Invoice }) {
  const { tone, name } = statusOf(invoice);
  return <Badge tone={tone}>{tName('invoice', name)}</Badge>;
}
