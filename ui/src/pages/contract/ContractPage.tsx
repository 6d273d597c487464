// /contract: a contract is asked for. Who is signed in asks for their customer; who is nobody here yet leaves an address.

import { useSignal, type Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import { askForContract, askWithoutAccount } from '../../api/contracts';
import { Keyring } from '../../api/idempotency';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { METRICS, quantityOf, unitOf } from '../../contracts/amounts';
import { countries } from '../../format/countries';
import { NumberField, SelectField, TextArea, TextField } from '../../components/fields';
import { say } from '../../contracts/words';
import { locale, tName } from '../../i18n';
import { useAction } from '../../lib/action';
import { session } from '../../lib/app_state';
import { mayChange } from '../../lib/may';
import { Form } from '../../components/Form';

const MESSAGE_MAX = 2000;
const EMAIL_MAX = 254;

function Sent({ id }: { id: string | null }) {
  return (
    <div class="note tone-good" role="status">
      <Icon name="check" />
      <div class="note-text">
        <strong>{say('ask.sentTitle')}</strong>
        <p>{id === null ? say('ask.sentCustomer') : say('ask.sent')}</p>
        {id !== null && <p class="request-id">{id}</p>}
        {id === null && <div class="note-actions"><a class="button plain" href="/billing/plan">{say('ask.toBilling')}</a></div>}
      </div>
    </div>
  );
}

function Usage({ of, problems }: { of: Record<string, Signal<string>>; problems: Record<string, string> }) {
  return (
    <details class="more-fields">
      <summary>{say('ask.usage')}</summary>
      <div class="field-grid">
        {METRICS.map((metric) => {
          const value = of[metric];
          return value && <NumberField key={metric} label={tName('metric', metric)} unit={unitOf(metric)} value={value} problem={problems[metric]} />;
        })}
      </div>
      <p class="hint">{say('ask.usageHint')}</p>
    </details>
  );
}

/** What is typed into the fields of usage; null, and the fields' problems, when one is no number. */
function usageOf(fields: Record<string, Signal<string>>, problems: Signal<Record<string, string>>): Record<string, number> | null {
  const given = METRICS.filter((metric) => (fields[metric]?.value ?? '').trim() !== '');
  const amounts = given.map((metric) => [metric, quantityOf(metric, fields[metric]?.value ?? '', locale())] as const);
  const bad = amounts.filter(([, amount]) => !(amount > 0));
  problems.value = Object.fromEntries(bad.map(([metric]) => [metric, say('form.number')]));
  return bad.length > 0 ? null : Object.fromEntries(amounts);
}

function VisitorForm({ onSent }: { onSent: (id: string) => void }) {
  const [company, name, email, message] = [useSignal(''), useSignal(''), useSignal(''), useSignal('')];
  const country = useSignal('');
  const usage: Record<string, Signal<string>> = Object.fromEntries(METRICS.map((metric) => [metric, useSignal('')]));
  const problems = useSignal<Record<string, string>>({});
  const action = useAction();
  const places = useMemo(() => [{ value: '', label: say('ask.countryChoose') }, ...countries(locale())], [locale()]);
  const send = async (): Promise<void> => {
    const expected = usageOf(usage, problems);
    if (expected === null) return;
    const { id } = await askWithoutAccount({
      company: company.value.trim(), name: name.value.trim(), email: email.value.trim(), country: country.value,
      message: message.value.trim(), language: locale().startsWith('de') ? 'de' : 'en',
      ...(Object.keys(expected).length > 0 ? { usage: expected } : {}),
    });
    onSent(id);
  };
  return (
    <Form action={action} work={send} submit={say('ask.send')}>
      <TextField label={say('ask.company')} value={company} autoComplete="organization" maxLength={200} isRequired />
      <TextField label={say('ask.name')} value={name} autoComplete="name" maxLength={200} isRequired />
      <TextField label={say('ask.email')} value={email} type="email" autoComplete="email" maxLength={EMAIL_MAX} isRequired hint={say('ask.emailHint')} />
      <SelectField label={say('ask.country')} value={country} options={places} autoComplete="country" isRequired />
      <TextArea label={say('ask.message')} value={message} maxLength={MESSAGE_MAX} rows={5} isRequired hint={say('ask.messageHint')} />
      <Usage of={usage} problems={problems.value} />
      <p class="hint">{say('ask.privacy')}</p>
    </Form>
  );
}

function CustomerForm({ onSent }: { onSent: () => void }) {
  const message = useSignal('');
  const action = useAction();
  const keys = useMemo(() => new Keyring(), []);
  const send = async (): Promise<void> => {
    const text = message.value.trim();
    await keys.run(text, (key) => askForContract(text, key));
    onSent();
  };
  return (
    <Form action={action} work={send} submit={say('ask.send')}>
      <p>{say('ask.forCustomer', { name: session.data?.name ?? '' })}</p>
      <TextArea label={say('ask.message')} value={message} maxLength={MESSAGE_MAX} rows={5} isRequired hint={say('ask.messageHint')} />
    </Form>
  );
}

export default function ContractPage() {
  const sent = useSignal<{ id: string | null } | null>(null);
  const who = session.state.value;
  const isCustomer = session.data !== undefined && session.data !== null && session.data.userId !== null;
  return (
    <div class="narrow">
      <PageTitle>{say('ask.title')}</PageTitle>
      <p class="lead">{say('ask.lead')}</p>
      {sent.value && <Sent id={sent.value.id} />}
      {!sent.value && who.status !== 'loading' && (
        <section class="card" aria-label={say('ask.title')}>
          {!isCustomer && <VisitorForm onSent={(id) => { sent.value = { id }; }} />}
          {isCustomer && mayChange() && <CustomerForm onSent={() => { sent.value = { id: null }; }} />}
          {isCustomer && !mayChange() && <p>{say('ask.mayNot')}</p>}
        </section>
      )}
    </div>
  );
}
