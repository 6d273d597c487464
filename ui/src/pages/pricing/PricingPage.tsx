// /pricing: the server says it, for whoever looks (src/api/pricing.c); here it becomes part of the app, and what moves is added.

import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';

import { ProblemNote } from '../../components/ProblemNote';
import { PageTitle, showTitle } from '../../components/PageTitle';
import { t } from '../../i18n';
import { resource } from '../../lib/resource';
import { readServed, takeServed } from './served';
import { enliven } from './enliven';

function Prices({ form }: { form: HTMLFormElement }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.append(form);
    showTitle(t('app.pricing'), form.querySelector('h1'));
    return enliven(form);
  }, [form]);
  return <div ref={place} />;
}

export default function PricingPage() {
  const page = useMemo(() => {
    const made = resource(() => readServed(location.pathname + location.search));
    const form = takeServed();
    if (form) made.set(form);
    return made;
  }, []);
  useEffect(() => {
    if (!page.data) void page.load();
  }, []);
  const state = page.state.value;
  if (state.status === 'ready') return <Prices form={state.data} />;
  return (
    <div class="narrow" aria-busy={state.status === 'loading'}>
      <PageTitle>{t('app.pricing')}</PageTitle>
      {state.status === 'failed' && <ProblemNote problem={state.problem} of="load" onRetry={() => void page.load()} />}
    </div>
  );
}
