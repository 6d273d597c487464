// What renews by itself, in the server's words, beside a box of its own that nobody has ticked; and, for who may still
// withdraw, whether it is to begin before that. What is confirmed without the first goes back to its box.

import { useEffect, useId, useRef } from 'preact/hooks';

import type { ConsentWords } from '../../api/types';
import type { ChangeState } from './change_state';
import { say } from './words';

interface BoxProps {
  words: ConsentWords;
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  refusal?: string | null;
}

function Box({ words, label, checked, onChange, refusal = null }: BoxProps) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (refusal !== null) box.current?.focus();
  }, [refusal]);
  return (
    <div class="consent">
      <p id={`${id}-words`} lang={words.language}>{words.text}</p>
      <label class="consent-box">
        <input
          ref={box}
          type="checkbox"
          checked={checked}
          aria-describedby={refusal === null ? `${id}-words` : `${id}-words ${id}-refusal`}
          aria-invalid={refusal !== null}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {refusal !== null && <p id={`${id}-refusal`} class="inline-note tone-bad" role="alert">{refusal}</p>}
    </div>
  );
}

export function RenewalConsent({ state }: { state: ChangeState }) {
  const preview = state.preview.value;
  if (!preview) return null;
  const { renewal, earlyStart } = preview;
  return (
    <>
      {renewal && (
        <Box
          words={renewal}
          label={say('consent.agree')}
          checked={state.agreedTo.value === renewal.textHash}
          onChange={(checked) => state.agree(checked ? renewal.textHash : '')}
          refusal={state.lacksConsent.value ? say('consent.missing') : null}
        />
      )}
      {earlyStart && (
        <Box
          words={earlyStart}
          label={say('consent.early')}
          checked={state.startsEarly.value === earlyStart.textHash}
          onChange={(checked) => { state.startsEarly.value = checked ? earlyStart.textHash : ''; }}
        />
      )}
    </>
  );
}
