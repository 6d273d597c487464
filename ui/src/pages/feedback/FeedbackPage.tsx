// /billing/feedback: one question, words about a page, and what may be done with them. Small, and without what other pages bring.

import { useSignal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';

import { say as send } from '../../api/feedback';
import { Keyring } from '../../api/idempotency';
import { PageTitle } from '../../components/PageTitle';
import { ProblemNote } from '../../components/ProblemNote';
import { t } from '../../i18n';
import { useAction } from '../../lib/action';
import { useAddress } from '../../lib/address';
import { mayChange } from '../../lib/may';
import { useMember } from '../../lib/visitor';
import { say } from './words';

const SCORES = Array.from({ length: 11 }, (_, score) => String(score));
const COMMENT_MAX = 2_000;

/** What was typed and ticked, as the API takes it. */
function bodyOf(form: FormData, page: string | undefined) {
  const [score, comment] = ['score', 'comment'].map((name) => String(form.get(name) ?? '').trim());
  return {
    ...(score ? { score: Number(score) } : {}),
    ...(comment ? { comment } : {}),
    ...(page === undefined ? {} : { page }),
    consent: form.has('consent'),
    mayReply: form.has('mayReply'),
  };
}

function Saying() {
  const { page } = useAddress().query;
  const id = useId();
  const isScored = useSignal(false);
  const isSaid = useSignal(false);
  const keys = useMemo(() => new Keyring(), []);
  const { busy, problem, run } = useAction();
  if (isSaid.value) return <p role="status" class="inline-note tone-good">{say('thanks')}</p>;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const body = bodyOf(new FormData(event.currentTarget as HTMLFormElement), page);
    void run(async () => {
      await keys.run(body, (key) => send(body, key));
      isSaid.value = true;
    });
  };
  return (
    <form class="form" onSubmit={submit}>
      <fieldset class="choices plain">
        <legend>{say('question')}</legend>
        <div class="actions">
          {SCORES.map((score) => (
            <label key={score} class="choice">
              <input type="radio" name="score" value={score} onChange={() => { isScored.value = true; }} />
              <span>{score}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div class="form-field">
        <label class="field" for={id}>{say('comment')}</label>
        <textarea id={id} name="comment" rows={4} maxLength={COMMENT_MAX} required={!isScored.value} />
      </div>
      {(['consent', 'mayReply'] as const).map((name) => (
        <label key={name} class="check">
          <input type="checkbox" name={name} required={name === 'consent'} />
          <span>{say(name)}</span>
        </label>
      ))}
      <div class="actions"><button type="submit" class="button primary" aria-disabled={busy.value || undefined}>{busy.value ? t('common.working') : say('send')}</button></div>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </form>
  );
}

export default function FeedbackPage() {
  return useMember() ? (
    <div class="narrow">
      <PageTitle>{say('title')}</PageTitle>
      <p class="lead">{say('lead')}</p>
      {mayChange() ? <Saying /> : <p class="inline-note tone-neutral">{t('billing.readOnly')}</p>}
    </div>
  ) : null;
}
