// Below an invoice: what its customer has asked about it or disputes of it, what was answered, and the way to ask.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import { Keyring } from '../../api/idempotency';
import { askAbout, getQuestions, type InvoiceQuestion } from '../../api/paying';
import type { Invoice } from '../../api/types';
import { Badge, type Tone } from '../../components/Badge';
import { Button } from '../../components/Button';
import { SelectField, TextArea } from '../../components/fields';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { Segmented } from '../../components/Segmented';
import { formatDate } from '../../format/date';
import { locale } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import { mayChange } from '../../lib/may';
import { useResource } from '../../lib/use_resource';
import { say } from './words';

const WORDS_MAX = 2000;
const TONES: Record<InvoiceQuestion['state'], Tone> = { open: 'warning', answered: 'good', settled: 'neutral' };
const KINDS = ['question', 'dispute'] as const;

function Asked({ of }: { of: InvoiceQuestion }) {
  return (
    <li>
      <p>
        <Badge tone={TONES[of.state]}>{say(`ask.${of.settlement ?? of.state}`)}</Badge>{' '}
        <span class="muted">{[say(`ask.${of.kind}`), of.line === null ? '' : say('ask.line', { line: String(of.line) }), formatDate(of.createdAt, locale())].filter((part) => part !== '').join(', ')}</span>
      </p>
      {of.words !== null && <blockquote class="statement">{of.words}</blockquote>}
      {of.answer !== null && <p><strong>{say('ask.answer')}</strong> {of.answer}</p>}
    </li>
  );
}

function Ask({ invoice, onAsked }: { invoice: Invoice; onAsked: () => void }) {
  const kind = useSignal<InvoiceQuestion['kind']>('question');
  const line = useSignal('');
  const words = useSignal('');
  const keys = useMemo(() => new Keyring(), []);
  const { busy, problem, run } = useAction();
  const send = (): Promise<void> => run(async () => {
    const asked = { kind: kind.value, words: words.value.trim(), ...(line.value === '' ? {} : { line: Number(line.value) }) };
    await keys.run(asked, (key) => askAbout(invoice.id, asked, key));
    announce(say('ask.sent'));
    onAsked();
  });
  const lines = (invoice.lines ?? []).map(({ description }, at) => ({ value: String(at + 1), label: `${String(at + 1)}. ${description}` }));
  return (
    <form class="form" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <Segmented legend={say('ask.kind')} value={kind.value} options={KINDS.map((value) => ({ value, label: say(`ask.${value}`) }))} onChange={(value) => { kind.value = value; }} />
      {kind.value === 'dispute' && <p class="hint">{say('ask.disputeText')}</p>}
      <SelectField label={say('ask.about')} value={line} options={[{ value: '', label: say('ask.whole') }, ...lines]} />
      <TextArea label={say('ask.words')} value={words} maxLength={WORDS_MAX} isRequired />
      <div class="actions"><Button look="primary" busy={busy.value} disabled={words.value.trim() === ''} onPress={() => void send()}>{say('ask.send')}</Button></div>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </form>
  );
}

export function QuestionsSection({ invoice }: { invoice: Invoice }) {
  const questions = useResource(() => getQuestions(invoice.id));
  const isOpen = useSignal(false);
  const mayAsk = mayChange() && invoice.status !== 'draft';
  const onAsked = (): void => {
    isOpen.value = false;
    void questions.load();
  };
  return (
    <Section title={say('ask.title')} of={questions} lines={1}>
      {(known) => (
        <>
          {known.length === 0 ? <p class="muted">{say('ask.none')}</p> : <ul class="plain-list">{known.map((one) => <Asked key={one.id} of={one} />)}</ul>}
          {mayAsk && (isOpen.value
            ? <Ask invoice={invoice} onAsked={onAsked} />
            : <div class="actions"><Button onPress={() => { isOpen.value = true; }}>{say('ask.begin')}</Button></div>)}
        </>
      )}
    </Section>
  );
}
