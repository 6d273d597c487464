// What a change costs and takes away, line by line.

import type { ChangePreview, LimitExceeded } from '../../../api/types';
import { Icon } from '../../../components/Icon';
import { formatDate, formatTime } from '../../../format/date';
import { formatMoney } from '../../../format/money';
import { formatQuantity } from '../../../format/quantity';
import { locale, t, tName } from '../../../i18n';
import { LinesTable, TotalRow } from '../../../paying/LinesTable';
import { creditOf } from '../../../paying/sums';

function Lines({ preview }: { preview: ChangePreview }) {
  const credit = creditOf(preview);
  return (
    <LinesTable
      label={t('change.preview')}
      lines={preview.lines}
      sums={preview}
      caption={credit && t('change.creditNote', { amount: formatMoney(credit, locale()) })}
    >
      <TotalRow label={t('change.dueNow')} amount={formatMoney(preview.amountDueNow, locale())} strong />
      {preview.nextInvoice && (
        <TotalRow
          label={t('change.next')}
          note={formatDate(preview.nextInvoice.at, locale())}
          amount={formatMoney(preview.nextInvoice.amount, locale())}
        />
      )}
    </LinesTable>
  );
}

function exceededWords({ metric, used, limit }: LimitExceeded): string {
  return t('change.exceeded', {
    metric: tName('metric', metric),
    used: formatQuantity(metric, used, locale()),
    limit: formatQuantity(metric, limit, locale()),
  });
}

function Losses({ preview }: { preview: ChangePreview }) {
  return (
    <>
      {preview.featuresLost.length > 0 && (
        <div class="note tone-warning">
          <Icon name="warning" />
          <div class="note-text">
            <strong>{t('change.lostTitle')}</strong>
            <p>{preview.featuresLost.map((name) => tName('feature', name)).join(', ')}</p>
          </div>
        </div>
      )}
      {preview.limitsExceeded.length > 0 && (
        <div class="note tone-over">
          <Icon name="warning" />
          <div class="note-text">
            <strong>{t('change.exceededTitle')}</strong>
            <ul>
              {preview.limitsExceeded.map((item) => <li key={item.metric}>{exceededWords(item)}</li>)}
            </ul>
            <p>{t('change.exceededText')}</p>
          </div>
        </div>
      )}
    </>
  );
}

export function Preview({ preview }: { preview: ChangePreview }) {
  return (
    <>
      <Losses preview={preview} />
      <Lines preview={preview} />
      <p class="hint">
        {preview.estimated && `${t('change.taxNote')} `}
        {preview.validUntil && `${t('change.quoteUntil', { time: `${formatTime(preview.validUntil, locale())} UTC` })}`}
      </p>
    </>
  );
}
