// A state in one word, with a shape, so that colour is never the only cue.

import { Icon, type IconName } from './Icon';

export type Tone = 'neutral' | 'good' | 'warning' | 'over' | 'bad';

const SHAPES: Record<Tone, IconName | null> = {
  neutral: null,
  good: 'check',
  warning: 'clock',
  over: 'warning',
  bad: 'blocked',
};

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  const shape = SHAPES[tone];
  return (
    <span class={`badge tone-${tone}`}>
      {shape && <Icon name={shape} />}
      {children}
    </span>
  );
}
