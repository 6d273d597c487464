// Names and what they are, under each other. What is null is left out.

import type { ComponentChildren } from 'preact';

export type Fact = readonly [name: string, value: ComponentChildren];

export function Facts({ rows, label, className = '' }: { rows: readonly Fact[]; label?: string; className?: string }) {
  return (
    <dl class={`lines ${className}`} aria-label={label}>
      {rows.filter(([, value]) => value !== null).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}
