// /admin/catalog: every version of every plan, who has it and what it changed; and the price changes that move holders.

import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';

import { CHANGES, readChanges, readVersions, type CatalogVersions, type PlanVersion, type PriceChangeItem } from '../../api/catalog';
import type { Approval } from '../../api/contract_types';
import { request } from '../../api/http';
import type { Money, Page } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { DataTable, type Column } from '../../components/DataTable';
import { PageTitle } from '../../components/PageTitle';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { announce } from '../../lib/app_state';
import { diffOf } from '../../lib/diff';
import type { Resource } from '../../lib/resource';
import { useResource } from '../../lib/use_resource';
import { mayDecide } from '../../admin/may';
import { PlanDialog } from './PlanDialog';
import { CHANGE_TONES } from './tones';
import { say, words } from './words';

const LINES = 8;
const number = (value: number): string => new Intl.NumberFormat(locale()).format(value);

function Prices({ plan }: { plan: PlanVersion['plan'] }) {
  const { month, year } = plan.prices;
  if (month === null || year === null) return <>{say('byContract')}</>;
  return <>{say('prices', { month: formatMoney(month, locale()), year: formatMoney(year, locale()) })}</>;
}

function Holders({ version }: { version: PlanVersion }) {
  const all = version.holdersMonthly + version.holdersYearly;
  return (
    <div>
      {number(all)}
      {version.holdersYearly > 0 && <p class="hint">{say('holdersYearly', { yearly: number(version.holdersYearly) })}</p>}
    </div>
  );
}

const priceOf = (price: Money | null): string | null => price && formatMoney(price, locale());

const saidOf = ({ plan, trialDays }: PlanVersion) => ({
  prices: { month: priceOf(plan.prices.month), year: priceOf(plan.prices.year) },
  limits: plan.limits, features: plan.features, support: plan.support, trialDays,
});

function Differences({ version, before }: { version: PlanVersion; before: PlanVersion | undefined }) {
  if (!before) return <>{say('first')}</>;
  const lines = diffOf(saidOf(before), saidOf(version)).filter(({ before: was, after: is }) => was !== is);
  if (lines.length === 0) return <>{say('same')}</>;
  return (
    <details>
      <summary aria-label={say('differencesLabel', { count: lines.length, plan: tName('tier', version.plan.tier), version: version.plan.version })}>
        {say('differences', { count: lines.length })}
      </summary>
      <dl class="changes">
        {lines.map(({ place, before: was, after: is }) => (
          <div key={place}>
            <dt>{place}</dt>
            <dd><del><span class="visually-hidden">{say('was')} </span>{was ?? say('nothing')}</del>{' '}<ins><span class="visually-hidden">{say('is')} </span>{is ?? say('nothing')}</ins></dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Versions({ of }: { of: Resource<CatalogVersions> }) {
  return (
    <Section title={say('versions')} of={of} lines={LINES} className="data">
      {({ versions }) => (
        <table class="data-table" aria-label={say('versions')}>
          <thead>
            <tr>
              <th scope="col">{say('plan')}</th><th scope="col">{say('price')}</th><th scope="col">{say('since')}</th>
              <th scope="col" class="number">{say('holders')}</th><th scope="col">{say('changed')}</th>
            </tr>
          </thead>
          <tbody>
            {versions.map((version) => {
              const { tier, version: n } = version.plan;
              const before = versions.find(({ plan }) => plan.tier === tier && plan.version < n);
              return (
                <tr key={`${tier}/${n}`}>
                  <th scope="row" data-label={say('plan')}><div>{say('version', { plan: tName('tier', tier), version: n })}{' '}{version.isSold && <Badge tone="good">{say('sold')}</Badge>}</div></th>
                  <td data-label={say('price')}><Prices plan={version.plan} /></td>
                  <td data-label={say('since')}>{version.offeredAt === null ? '–' : <time dateTime={version.offeredAt}>{formatDate(version.offeredAt, locale())}</time>}</td>
                  <td data-label={say('holders')} class="number"><Holders version={version} /></td>
                  <td data-label={say('changed')}><Differences version={version} before={before} /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Section>
  );
}

const columns = (): readonly Column<PriceChangeItem>[] => [
  {
    title: say('col.tier'),
    isHead: true,
    cell: ({ id, tier, toVersion }) => <a href={`/admin/catalog/${id}`}>{say('changeRow', { plan: tName('tier', tier), version: toVersion })}</a>,
  },
  { title: say('col.status'), cell: ({ status }) => <Badge tone={CHANGE_TONES[status]}>{words.sayOf('value.status', status)}</Badge> },
  { title: say('col.effectiveFrom'), cell: ({ effectiveFrom }) => <time dateTime={effectiveFrom}>{formatDate(effectiveFrom, locale())}</time> },
  { title: say('col.moves'), isNumber: true, cell: ({ moves }) => number(moves) },
  { title: say('col.leftOut'), isNumber: true, cell: ({ leftOut }) => number(leftOut) },
  { title: say('col.createdAt'), cell: ({ createdAt }) => <time dateTime={createdAt}>{formatDate(createdAt, locale())}</time> },
];

/** Of what waits for a second person, what is about the catalogue. */
function Waiting() {
  const list = useResource(() => request<Page<Approval>>('/api/admin/approvals?status=pending'));
  const waits: Approval[] = (list.data?.data ?? []).filter(({ action }) => action === 'catalogue' || action === 'price_change');
  if (waits.length === 0) return null;
  return <p class="inline-note tone-warning">{say('waits', { count: waits.length })} <a href="/admin/approvals">{say('toApprovals')}</a></p>;
}

export default function CatalogPage() {
  const { cursor } = useAddress().query;
  const { route } = useLocation();
  const isOpen = useSignal(false);
  const versions = useResource(readVersions);
  const page = useResource(() => readChanges(cursor), cursor);
  return (
    <div class="wide">
      <PageTitle>{say('page.title')}</PageTitle>
      <p class="lead">{say('lead.catalog')} <a href="/admin/what-if">{say('whatIf')}</a></p>
      <Waiting />
      <Versions of={versions} />
      <DataTable
        title={say('changes.title')}
        of={page}
        columns={columns()}
        keyOf={({ id }) => id}
        empty={{ title: say('changes.emptyTitle'), text: say('changes.empty') }}
        filter={mayDecide() && <div class="actions"><Button look="primary" onPress={() => { isOpen.value = true; }}>{say('plan.open')}</Button></div>}
        path={CHANGES}
        what="price-changes"
      />
      {isOpen.value && versions.data && (
        <PlanDialog
          versions={versions.data.versions}
          onClose={() => { isOpen.value = false; }}
          onPlanned={(id) => {
            announce(say('plan.done'));
            route(`/admin/catalog/${id}`);
          }}
        />
      )}
    </div>
  );
}
