import type { ChangeStatus, MoveStatus } from '../../api/catalog';
import type { Tone } from '../../components/Badge';

export const CHANGE_TONES: Record<ChangeStatus, Tone> = {
  counting: 'neutral', ready: 'warning', telling: 'warning', done: 'good', withdrawing: 'neutral', withdrawn: 'neutral',
};

export const MOVE_TONES: Record<MoveStatus, Tone> = {
  planned: 'neutral', left: 'neutral', notified: 'warning', undelivered: 'over', scheduled: 'warning', moved: 'good',
  dropped: 'neutral', withdrawn: 'neutral', superseded: 'neutral',
};

/** Something goes on by itself, so that it is worth looking again. */
export const isWorking = (status: ChangeStatus): boolean => status === 'counting' || status === 'telling' || status === 'withdrawing';
