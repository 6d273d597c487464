// What a change costs and takes away, line by line.

import type { ChangePreview, LimitExceeded } from '../../api/types';
import { Icon } from '../../components/Icon';
import { formatDate, formatRange, formatTime } from '../../format/date';
import { formatMoney } from '../../format/money';
import { formatQuantity } from '../../format/quantity';
import { locale, t, tName } from '../../i18n';
import { lineWords } from './line_words';
import { creditOf, sumRows } from './sums';

function Lines({ preview }: { preview: ChangePreview }) {
  const credit = creditOf(preview);
  return (
    <table class="preview-lines" aria-label={t('change.preview')}>
      <tbody>
        {preview.lines.map((line, index) => (
          <tr key={index}>
            <th scope="row">
              {lineWords(line.description)}
              {line.period && <span class="muted">{formatRange(line.period.start, line.period.end, locale())}</span>}
            </th>
            <td class="number">{formatMoney(line.amount, locale())}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {sumRows(preview).map(({ label, amount }) => (
          <tr key={label}>
            <th scope="row">{t(label)}</th>
            <td class="number">{formatMoney(amount, locale())}</td>
          </tr>
        ))}
        <tr class="total">
          <th scope="row">{t('change.dueNow')}</th>
          <td class="number">{formatMoney(preview.amountDueNow, locale())}</td>
        </tr>
        {preview.nextInvoice && (
          <tr>
            <th scope="row">
              {t('change.next')}
              <span class="muted">{formatDate(preview.nextInvoice.at, locale())}</span>
            </th>
            <td class="number">{formatMoney(preview.nextInvoice.amount, locale())}</td>
          </tr>
        )}
      </tfoot>
      {credit && <caption>{t('change.creditNote', { amount: formatMoney(credit, locale()) })}</caption>}
    </table>
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
