// What each year came to, and its papers in one file.

import { YEARS, type InvoiceYear } from '../../../api/paying';
import { Rows, type Column } from '../../../components/DataTable';
import { Section } from '../../../components/Section';
import { TakeAway } from '../../../components/TakeAway';
import { formatMoney } from '../../../format/money';
import { locale } from '../../../i18n';
import type { Resource } from '../../../lib/resource';
import { say } from '../../../paying/words';
import { ArchivesSection } from './ArchivesSection';

const YEARS_LINES = 2;

const YEAR_COLUMNS: readonly (keyof InvoiceYear & ('billed' | 'credited' | 'paid' | 'due'))[] = ['billed', 'credited', 'paid', 'due'];

export function Years({ of, hrefOf }: { of: Resource<InvoiceYear[]>; hrefOf: (year: string) => string }) {
  if (of.data?.length === 0) return null;
  const numbers = [...new Set(of.data?.map(({ year }) => year))];
  const columns: Column<InvoiceYear>[] = [
    { title: say('year'), isHead: true, cell: ({ year }) => <a href={hrefOf(String(year))}>{String(year)}</a> },
    { title: say('invoices'), isNumber: true, cell: ({ invoices }) => new Intl.NumberFormat(locale()).format(invoices) },
    ...YEAR_COLUMNS.map((name): Column<InvoiceYear> => ({ title: say(name), isNumber: true, cell: (row) => formatMoney(row[name], locale()) })),
  ];
  return (
    <>
      <Section title={say('years')} of={of} lines={YEARS_LINES} className="data" aside={() => <TakeAway path={YEARS} what="invoice_years" isWhole />}>
        {(rows) => (
          <>
            <Rows rows={rows} columns={columns} keyOf={({ year, billed }) => `${year} ${billed.currency}`} title={say('years')} />
            <p class="hint">{say('yearsText')}</p>
          </>
        )}
      </Section>
      {numbers.length > 0 && <ArchivesSection years={numbers} />}
    </>
  );
}
