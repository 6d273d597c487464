// What is to be done; of a new account, how to begin.

import { getDetails } from '../../api/paying';
import { getOffers, getWithdrawable } from '../../api/standing';
import { Icon, type IconName } from '../../components/Icon';
import { Section } from '../../components/Section';
import { formatDate, formatDateTime, formatExpiry } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { serverNow } from '../../lib/clock';
import { mayChange } from '../../lib/may';
import { useResource } from '../../lib/use_resource';
import { invoiceHref, numberOf, PayButton } from '../../paying/PayButton';
import type { BillingStore } from './store';
import { beginningOf, tasksOf, type Standing, type Step, type Task } from './tasks';
import { say } from './words';

const LINES = 2;

const METHODS = '/billing/payment-methods';
const STEPS: Record<Step, string> = { usage: '/billing/usage', plan: '/billing/plan/change', card: METHODS, address: '/billing/settings' };

interface Said {
  href: string;
  text: string;
  icon: IconName;
}

function wordsOf(task: Task, { subscription: { accessUntil } }: Standing): Said {
  switch (task.kind) {
    case 'pay': {
      const amount = formatMoney(task.invoice.amountDue, locale());
      const text = accessUntil === null ? say('task.pay', { amount }) : say('task.payUntil', { amount, date: formatDateTime(accessUntil, locale()) });
      return { href: invoiceHref(task.invoice.id), text, icon: 'warning' };
    }
    case 'transfer':
      return {
        href: METHODS, icon: 'card',
        text: say('task.transfer', { amount: formatMoney(task.invoice.amountDue, locale()), number: numberOf(task.invoice), date: formatDate(task.invoice.dueDate ?? '', locale()) }),
      };
    case 'contract': {
      const { number, validUntil } = task.contract;
      return { href: '/billing/plan', icon: 'paper', text: say('task.contract', { number, date: validUntil === null ? '' : formatDate(validUntil, locale()) }) };
    }
    case 'blocked':
    case 'over':
      return { href: `/billing/usage?metric=${task.metric}`, icon: 'bars', text: say(`task.${task.kind}`, { metric: tName('metric', task.metric) }) };
    case 'expired':
    case 'expires': {
      const { brand, type, last4, expiry } = task.method;
      return { href: METHODS, icon: 'card', text: say(`task.${task.kind}`, { name: t('methods.ending', { brand: tName('brand', brand ?? type), last4 }), expiry: expiry === null ? '' : formatExpiry(expiry) }) };
    }
    case 'withdraw':
      return { href: '/billing/plan', icon: 'clock', text: say('task.withdraw', { date: formatDateTime(task.until, locale()) }) };
    case 'card':
      return { href: METHODS, icon: 'card', text: say('task.card') };
    case 'address':
      return { href: STEPS.address, icon: 'home', text: say('task.address') };
  }
}

function Tasks({ standing, store }: { standing: Standing; store: BillingStore }) {
  const tasks = tasksOf(standing, serverNow());
  if (tasks.length === 0) return <p class="muted">{say('tasks.none')}</p>;
  return (
    <ul class="task-list">
      {tasks.map((task, index) => {
        const { href, text, icon } = wordsOf(task, standing);
        return (
          <li key={index}>
            <Icon name={icon} />
            <a href={href}>{text}</a>
            {task.kind === 'pay' && <PayButton invoice={task.invoice} methods={standing.methods} onPaid={() => void store.loadAll()} />}
          </li>
        );
      })}
    </ul>
  );
}

function Beginning({ steps }: { steps: readonly [Step, boolean][] }) {
  return (
    <>
      <p class="muted">{say('begin.lead')}</p>
      <ul class="task-list">
        {steps.map(([step, isDone]) => (
          <li key={step}>
            <Icon name={isDone ? 'check' : 'arrow'} />
            <a href={STEPS[step]}>{say(`begin.${step}`)}</a>
            {isDone && <span class="muted">{say('begin.done')}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What the overview itself does not show. A part that cannot be read makes no task. */
async function readRest(): Promise<Pick<Standing, 'contracts' | 'withdrawal' | 'details'>> {
  const [contracts, withdrawal, details] = await Promise.all([getOffers().catch(() => []), getWithdrawable().catch(() => null), getDetails().catch(() => null)]);
  return { contracts, withdrawal, details };
}

export function TasksSection({ store }: { store: BillingStore }) {
  const rest = useResource(readRest);
  const { subscription, invoices, methods, usage } = store;
  const standingOf = (more: Awaited<ReturnType<typeof readRest>>): Standing | null => (subscription.data && {
    subscription: subscription.data, invoices: invoices.data?.data ?? [], methods: methods.data ?? [], usage: usage.data?.metrics ?? [], ...more,
  }) ?? null;
  const standing = rest.data ? standingOf(rest.data) : null;
  const steps = standing && mayChange() ? beginningOf(standing) : null;
  return (
    <Section title={say(steps ? 'begin.title' : 'tasks.title')} of={rest} lines={LINES} className="tasks">
      {() => (steps ? <Beginning steps={steps} /> : standing && <Tasks standing={standing} store={store} />)}
    </Section>
  );
}
