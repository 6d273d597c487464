// Plans a price change: whose holders move, to what is sold now, from when on. Nobody is told of it.

import { useSignal } from '@preact/signals';

import { planChange, type ChangeDraft, type PlanVersion } from '../../api/catalog';
import type { Keyring } from '../../api/idempotency';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { CheckField, NumberField, SelectField, TextField } from '../../components/fields';
import { FormDialog } from '../../components/FormDialog';
import { t, tName } from '../../i18n';
import { say } from './words';

interface Props {
  versions: readonly PlanVersion[];
  onClose: () => void;
  onPlanned: (id: string) => void;
}

const soldOf = (versions: readonly PlanVersion[], tier: string): PlanVersion | undefined => versions.find(({ isSold, plan }) => isSold && plan.tier === tier);

function Older({ version, chosen, onChange }: { version: PlanVersion; chosen: boolean; onChange: (chosen: boolean) => void }) {
  const value = useSignal(chosen);
  return (
    <div onChange={() => onChange(value.value)}>
      <CheckField label={say('plan.from', { version: version.plan.version, count: version.holdersMonthly + version.holdersYearly })} value={value} />
    </div>
  );
}

export function PlanDialog({ versions, onClose, onPlanned }: Props) {
  const tiers = [...new Set(versions.filter(({ isSold, plan }) => !isSold && plan.prices.month !== null && plan.prices.month.amount > 0).map(({ plan }) => plan.tier))];
  const tier = useSignal(tiers[0] ?? '');
  const day = useSignal('');
  const monthly = useSignal('');
  const yearly = useSignal('');
  const left = useSignal<readonly number[]>([]);
  const sold = soldOf(versions, tier.value);
  const older = versions.filter(({ isSold, plan }) => !isSold && plan.tier === tier.value);
  const from = older.map(({ plan }) => plan.version).filter((version) => !left.value.includes(version));
  const isReady = sold !== undefined && from.length > 0 && day.value !== '';
  const submit = async (keys: Keyring): Promise<void> => {
    if (!sold) return;
    const draft: ChangeDraft = {
      tier: tier.value,
      fromVersions: from,
      toVersion: sold.plan.version,
      effectiveFrom: `${day.value}T00:00:00Z`,
      ...(monthly.value === '' ? {} : { noticeDaysMonthly: Number(monthly.value) }),
      ...(yearly.value === '' ? {} : { noticeDaysYearly: Number(yearly.value) }),
    };
    onPlanned((await keys.run(draft, (key) => planChange(draft, key))).id);
  };
  return tiers.length === 0
    ? <Dialog title={say('plan.title')} onClose={onClose} footer={<Button onPress={onClose}>{t('common.close')}</Button>}><p>{say('plan.nothing')}</p></Dialog>
    : (
      <FormDialog title={say('plan.title')} confirm={say('plan.confirm')} isReady={isReady} onClose={onClose} work={submit}>
        <p>{say('plan.text')}</p>
        <SelectField label={say('plan')} value={tier} options={tiers.map((name) => ({ value: name, label: tName('tier', name) }))} />
        <fieldset class="choices" key={tier.value}>
          <legend>{say('plan.whose')}</legend>
          {older.map((version) => (
            <Older
              key={version.plan.version}
              version={version}
              chosen={!left.value.includes(version.plan.version)}
              onChange={(chosen) => { left.value = chosen ? left.value.filter((n) => n !== version.plan.version) : [...left.value, version.plan.version]; }}
            />
          ))}
        </fieldset>
        {sold && <p class="muted">{say('plan.to', { version: sold.plan.version })}</p>}
        <TextField label={say('plan.day')} hint={say('plan.dayHint')} value={day} type="date" isRequired />
        <NumberField label={say('plan.monthly')} hint={say('plan.noticeHint')} value={monthly} />
        <NumberField label={say('plan.yearly')} value={yearly} />
      </FormDialog>
    );
}
