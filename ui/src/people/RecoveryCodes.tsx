// Recovery codes, as they are shown once: to be copied, printed, and kept where no thief of the phone is.

import { useEffect, useRef } from 'preact/hooks';

import { Button } from '../components/Button';
import { announce } from '../lib/app_state';
import { say } from './words';

export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(codes.join('\n'));
      announce(say('codes.copied'));
    } catch {
      announce(say('codes.notCopied'));
    }
  };
  return (
    <div class="form">
      <h3 ref={title} tabIndex={-1}>{say('codes.shown')}</h3>
      <p>{say('codes.shownText')}</p>
      <ul class="codes">{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
      <div class="actions">
        <Button onPress={() => void copy()}>{say('codes.copy')}</Button>
        <Button onPress={() => print()}>{say('codes.print')}</Button>
        <Button look="primary" onPress={onDone}>{say('codes.kept')}</Button>
      </div>
    </div>
  );
}
