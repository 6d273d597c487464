// Where a contract stands, as a badge.

import type { ContractStatus } from '../api/contract_types';
import { Badge, type Tone } from '../components/Badge';
import { sayOf } from './words';

const TONES: Record<ContractStatus, Tone> = {
  requested: 'neutral', draft: 'neutral', pending: 'warning', offered: 'warning', accepted: 'warning', active: 'good',
  declined: 'neutral', withdrawn: 'neutral', expired: 'neutral', superseded: 'neutral', renewed: 'neutral', ended: 'neutral',
};

export const StatusBadge = ({ status }: { status: ContractStatus }) => <Badge tone={TONES[status] ?? 'neutral'}>{sayOf('status', status)}</Badge>;

/** Nothing more becomes of it. */
export const isOver = (status: ContractStatus): boolean => !['requested', 'draft', 'pending', 'offered', 'accepted', 'active'].includes(status);
