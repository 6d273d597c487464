// /admin: what waits for operators today, what is at risk, and how fresh the figures are.

import { readToday, type Figure } from '../../api/today';
import { PageTitle } from '../../components/PageTitle';
import { Section } from '../../components/Section';
import { formatInstant } from '../../format/date';
import { locale } from '../../i18n';
import { useResource } from '../../lib/use_resource';
import { Figures, moneyText, number, Parts } from './Figures';
import { ROWS } from './rows';
import { words } from './words';

const LINES = 10;

const valueOf = ({ name, count, amounts, at }: Figure): string => {
  if (name === 'usage') return at === null ? words.say('value.never') : formatInstant(at, locale());
  return name === 'revenue' || (amounts.length > 0 && name === 'at_risk') ? moneyText(amounts) || number(0) : number(count);
};

function noteOf({ name, count, amounts, at }: Figure): string {
  if (name === 'revenue' || name === 'at_risk') return words.say('value.subscriptions', { count, number: number(count) });
  if (name === 'differences') return words.say('value.compared', { when: at === null ? words.say('value.never') : formatInstant(at, locale()) });
  return moneyText(amounts);
}

export default function TodayPage() {
  const of = useResource(readToday);
  return (
    <div class="wide">
      <PageTitle>{words.say('place.today')}</PageTitle>
      <p class="lead">{words.say('lead.today')}</p>
      <Section title={words.say('value.figures')} of={of} lines={LINES}>
        {({ data }) => (
          <Figures rows={data.map((figure) => ({ name: `figure.${figure.name}`, value: valueOf(figure), note: noteOf(figure), state: figure.state, href: ROWS[figure.name] }))} />
        )}
      </Section>
      <Parts of="today" />
    </div>
  );
}
