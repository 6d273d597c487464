// /billing/feedback: one question, words about a page, and what may be done with them.

import { useSignal, type Signal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';

import { say as send } from '../../api/feedback';
import { Keyring } from '../../api/idempotency';
import { areaOf } from '../../components/AreaNav';
import { TextArea } from '../../components/fields';
import { Form } from '../../components/Form';
import { PageTitle } from '../../components/PageTitle';
import { t } from '../../i18n';
import { useAction } from '../../lib/action';
import { useAddress } from '../../lib/address';
import { mayChange } from '../../lib/may';
import { useMember } from '../../lib/visitor';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { say } from './words';

const SCORES = Array.from({ length: 11 }, (_, score) => String(score));
const COMMENT_MAX = 2_000;

function Check({ label, value, isRequired = false }: { label: string; value: Signal<boolean>; isRequired?: boolean }) {
  return (
    <label class="choice">
      <input type="checkbox" checked={value.value} required={isRequired} onChange={(event) => { value.value = event.currentTarget.checked; }} />
      <span>{label}</span>
    </label>
  );
}

function About({ page }: { page: Signal<string> }) {
  const id = useId();
  return (
    <div class="form-field">
      <label class="field" for={id}>{say('page')}</label>
      <select id={id} value={page.value} onChange={(event) => { page.value = event.currentTarget.value; }}>
        <option value="">{say('noPage')}</option>
        {areaOf('/billing')?.places.map(({ href, name }) => <option key={href} value={href}>{t(name)}</option>)}
      </select>
    </div>
  );
}

function Saying() {
  const { query } = useAddress();
  const score = useSignal('');
  const comment = useSignal('');
  const page = useSignal(query['page'] ?? '');
  const [consent, mayReply, isSaid] = [useSignal(false), useSignal(false), useSignal(false)];
  const keys = useMemo(() => new Keyring(), []);
  const action = useAction();
  if (isSaid.value) return <p role="status" class="inline-note tone-good">{say('thanks')}</p>;
  const work = async (): Promise<void> => {
    const text = comment.value.trim();
    const body = {
      ...(score.value === '' ? {} : { score: Number(score.value) }),
      ...(text === '' ? {} : { comment: text }),
      ...(page.value === '' ? {} : { page: page.value }),
      consent: consent.value, mayReply: mayReply.value,
    };
    await keys.run(body, (key) => send(body, key));
    isSaid.value = true;
  };
  return (
    <Form action={action} work={work} submit={say('send')}>
      <fieldset class="choices plain">
        <legend>{say('question')}</legend>
        <div class="actions">
          {SCORES.map((one) => (
            <label key={one} class="choice">
              <input type="radio" name="score" value={one} onChange={() => { score.value = one; }} />
              <span>{one}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <TextArea label={say('comment')} value={comment} maxLength={COMMENT_MAX} isRequired={score.value === ''} />
      <About page={page} />
      <Check label={say('consent')} value={consent} isRequired />
      <Check label={say('mayReply')} value={mayReply} />
    </Form>
  );
}

export default function FeedbackPage() {
  return useMember() ? (
    <div class="narrow">
      <PageTitle>{say('title')}</PageTitle>
      <p class="lead">{say('lead')}</p>
      <ReadOnlyNote />
      {mayChange() && <Saying />}
    </div>
  ) : null;
}
