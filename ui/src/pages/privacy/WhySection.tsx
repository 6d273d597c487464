// What is kept without anybody's consent, and on which ground.

import { useId } from 'preact/hooks';

import { tell } from './words';

const GROUNDS = [['why.contract', 'why.contractBasis'], ['why.invoices', 'why.invoicesBasis'], ['why.security', 'why.securityBasis']] as const;

export function WhySection() {
  const titleId = useId();
  return (
    <section class="card" aria-labelledby={titleId}>
      <header class="card-head"><h2 id={titleId}>{tell('why.title')}</h2></header>
      <ul class="rows">
        {GROUNDS.map(([what, basis]) => (
          <li key={what} class="row">
            <div>
              <p class="row-name">{tell(what)}</p>
              <p class="hint">{tell(basis)}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
