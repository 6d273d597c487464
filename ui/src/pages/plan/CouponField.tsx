// A code that makes a plan cheaper: typed, tried on the preview, and either named as applied or refused in words.

import { signal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';

import { Button } from '../../components/Button';
import { problemText } from '../../components/problem_text';
import type { ChangeState } from './change_state';
import { say } from './words';

const CODE_LENGTH_MAX = 64;

function Applied({ state }: { state: ChangeState }) {
  const code = state.choice.value.coupon;
  return (
    <p class="coupon-applied">
      {say('coupon.applied', { code })}{' '}
      <button type="button" class="link" onClick={() => state.choose({ coupon: '' })}>{say('coupon.remove', { code })}</button>
    </p>
  );
}

export function CouponField({ state }: { state: ChangeState }) {
  const id = useId();
  const typed = useMemo(() => signal(''), []);
  const refusal = state.couponProblem.value;
  if (state.choice.value.coupon !== '') return <Applied state={state} />;
  const apply = (): void => {
    const coupon = typed.value.trim();
    if (coupon !== '') state.choose({ coupon });
  };
  return (
    <form
      class="coupon-form"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <label class="field" for={id}>{say('coupon.code')}</label>
      <div class="coupon-row">
        <input
          id={id}
          value={typed.value}
          maxLength={CODE_LENGTH_MAX}
          autoComplete="off"
          spellcheck={false}
          aria-invalid={refusal !== null}
          aria-describedby={refusal ? `${id}-refusal` : undefined}
          onInput={(event) => { typed.value = event.currentTarget.value; }}
        />
        <Button busy={state.step.value === 'previewing'} onPress={apply}>{say('coupon.apply')}</Button>
      </div>
      {refusal && <p id={`${id}-refusal`} class="inline-note tone-bad" role="alert">{problemText(refusal)}</p>}
    </form>
  );
}
