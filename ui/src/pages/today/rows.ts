// Where the rows of each figure are.

import type { Figure } from '../../api/today';

export const ROWS: Record<Figure['name'], string> = {
  revenue: '/admin/subscriptions?status=active',
  failed_payments: '/admin/subscriptions?status=past_due',
  at_risk: '/admin/subscriptions',
  approvals: '/admin/approvals',
  parked: '#parked',
  stuck: '/admin/subscriptions#stuck',
  alerts: '/admin/webhooks?view=mails',
  failures: '/admin/webhooks',
  differences: '#differences',
  usage: '/admin/customers',
};
