// Asks whoever wants to change something to prove who they are. What they were doing stays behind it as it is.

import { Button } from '../components/Button';
import { Dialog } from '../components/Dialog';
import { t } from '../i18n';
import { asked } from '../lib/step_up';
import { ProofForm } from './ProofForm';
import { ChooseFactor } from './SecondFactor';
import { say } from './words';

export function StepUpDialog() {
  const current = asked.value;
  if (!current) return null;
  const canProve = current.methods.some((method) => method !== 'platform');
  const close = (): void => current.settle(false);
  const done = (): void => current.settle(true);
  return (
    <Dialog title={say('stepUp.title')} onClose={close} footer={<Button onPress={close}>{t('common.cancel')}</Button>}>
      <p>{say(canProve ? 'stepUp.text' : 'stepUp.none')}</p>
      {canProve ? <ProofForm methods={current.methods} onProved={done} /> : <ChooseFactor isProof onDone={done} />}
      {current.methods.includes('platform') && <p class="hint">{say('stepUp.platform')}</p>}
    </Dialog>
  );
}
