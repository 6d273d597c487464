import type { ChangeStatus } from '../../api/catalog';
import type { Tone } from '../../components/Badge';

export const CHANGE_TONES: Record<ChangeStatus, Tone> = {
  counting: 'neutral', ready: 'warning', telling: 'warning', done: 'good', withdrawing: 'neutral', withdrawn: 'neutral',
};

/** Something goes on by itself, so that it is worth looking again. */
export const isWorking = (status: ChangeStatus): boolean => status === 'counting' || status === 'telling' || status === 'withdrawing';
