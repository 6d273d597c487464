// The components and their states. One that is in src/components and not here fails the test of this page.

import type { ComponentType } from 'preact';
import { signal, useSignal } from '@preact/signals';

import { Problem } from '../src/api/problem';
import { areaOf, AreaNav } from '../src/components/AreaNav';
import { Badge } from '../src/components/Badge';
import { Button } from '../src/components/Button';
import { Chart } from '../src/components/chart/Chart';
import { HeatMap } from '../src/components/chart/HeatMap';
import { Sparkline } from '../src/components/chart/Sparkline';
import { Waterfall } from '../src/components/chart/Waterfall';
import { DataTable } from '../src/components/DataTable';
import { Dialog } from '../src/components/Dialog';
import { Facts } from '../src/components/Facts';
import { CheckField, NumberField, SelectField, TextArea, TextField } from '../src/components/fields';
import { Field, Form } from '../src/components/Form';
import { FormDialog } from '../src/components/FormDialog';
import { Freshness } from '../src/components/Freshness';
import { Icon, ICON_NAMES, Mark } from '../src/components/Icon';
import { PageTitle } from '../src/components/PageTitle';
import { Keys } from '../src/components/palette/Keys';
import { Palette } from '../src/components/palette/Palette';
import { ProblemNote } from '../src/components/ProblemNote';
import { Empty, Section } from '../src/components/Section';
import { Segmented } from '../src/components/Segmented';
import { TakeAway } from '../src/components/TakeAway';
import type { Action } from '../src/lib/action';
import type { Resource, State } from '../src/lib/resource';

interface Piece {
  name: string;
  /** When it is used. */
  says: string;
  states: readonly { state: string; show: ComponentType }[];
}

const DECLINED = new Problem(402, 'payment_failed', 'The card was declined: insufficient funds.', 'req_01design');
const LOST = new Problem(0, 'unreachable', '');
const FIELDS = new Problem(422, 'invalid_fields', '', 'req_02design', [{ field: 'name', expected: 'text of 1 to 200 characters' }]);

const nothing = (): void => undefined;
const noWork = async (): Promise<void> => undefined;

function resourceIn<T>(state: State<T>): Resource<T> {
  return { state: signal(state), data: state.status === 'ready' ? state.data : undefined, load: noWork, set: nothing };
}

const actionIn = (busy: boolean, problem: Problem | null): Action => ({ busy: signal(busy), problem: signal(problem), run: noWork });

/** What is over the page is opened by a button, so that the page can be looked at. */
function Opened({ label, Shown }: { label: string; Shown: ComponentType<{ onClose: () => void }> }) {
  const isOpen = useSignal(false);
  return (
    <>
      <Button onPress={() => { isOpen.value = true; }}>{label}</Button>
      {isOpen.value && <Shown onClose={() => { isOpen.value = false; }} />}
    </>
  );
}

const DAYS = ['Nov 1', 'Nov 2', 'Nov 3', 'Nov 4', 'Nov 5', 'Nov 6', 'Nov 7'];
const INCLUDED = { key: 'a', name: 'Included', values: [12, 18, 9, null, 22, 25, 14] };
const BEYOND = { key: 'b', name: 'Beyond', values: [0, 3, 0, null, 6, 9, 0] };
const plain = (value: number): string => new Intl.NumberFormat('en-US').format(value);

function Charted({ kind, isOpen = false }: { kind: 'bars' | 'lines'; isOpen?: boolean }) {
  const open = useSignal(isOpen);
  return (
    <Chart
      kind={kind}
      title={kind === 'bars' ? 'Requests by day' : 'Requests so far'}
      places={DAYS}
      ticks={DAYS}
      series={[INCLUDED, BEYOND]}
      format={plain}
      formatTick={plain}
      limit={{ value: 30, name: 'Limit 30' }}
      running={6}
      marks={[]}
      table={{ isOpen: open.value, onToggle: (next) => { open.value = next; } }}
    />
  );
}

function Heat() {
  const open = useSignal(false);
  return (
    <HeatMap
      title="Busiest hours"
      rows={['Monday', 'Tuesday']}
      columns={['0', '6', '12', '18']}
      values={[1, 4, 9, 2, null, 3, 16, 5]}
      format={plain}
      table={{ isOpen: open.value, onToggle: (next) => { open.value = next; } }}
    />
  );
}

const STEPS = [
  { name: 'Starter, one month', from: 0, to: 2_900, text: '$29.00', reached: '$29.00', isEnd: false },
  { name: 'Discount', from: 2_900, to: 1_450, text: '−$14.50', reached: '$14.50', isEnd: false },
  { name: 'To pay', from: 0, to: 1_450, text: '$14.50', reached: '$14.50', isEnd: true },
];

function Steps() {
  const open = useSignal(false);
  return (
    <Waterfall
      title="The way to the invoice"
      summary="From $0.00 to $14.50"
      steps={STEPS}
      heads={['Step', 'Amount', 'So far']}
      table={{ isOpen: open.value, onToggle: (next) => { open.value = next; } }}
    />
  );
}

const PEOPLE = [{ id: '1', name: 'Ada Fern', owes: 2_900 }, { id: '2', name: 'شركة السحابة المحدودة', owes: 0 }, { id: '3', name: 'Donaudampfschifffahrtsgesellschaft', owes: 120_000 }];

function Listed({ rows, state }: { rows: typeof PEOPLE; state?: 'loading' | 'failed' }) {
  const of = state === 'loading' ? resourceIn<{ data: typeof PEOPLE; nextCursor: string | null }>({ status: 'loading' })
    : state === 'failed' ? resourceIn<{ data: typeof PEOPLE; nextCursor: string | null }>({ status: 'failed', problem: LOST })
      : resourceIn({ status: 'ready' as const, data: { data: rows, nextCursor: rows.length > 0 ? 'more' : null }, reloadProblem: null });
  return (
    <DataTable
      title={`People, ${state ?? (rows.length > 0 ? 'some' : 'none')}`}
      of={of}
      columns={[{ title: 'Name', isHead: true, cell: ({ name }) => <bdi>{name}</bdi> }, { title: 'Owes', isNumber: true, cell: ({ owes }) => `$${(owes / 100).toFixed(2)}` }]}
      keyOf={({ id }) => id}
      empty={{ title: 'Nobody yet', text: 'Whoever is invited stands here.' }}
      path="/api/billing/members"
      what="people"
    />
  );
}

function Sectioned({ name, state }: { name: string; state: State<string> }) {
  return <Section title={name} of={resourceIn(state)} lines={3}>{(text) => <p>{text}</p>}</Section>;
}

function Fields() {
  return (
    <div class="form">
      <TextField label="Name" value={useSignal('Ada Fern')} />
      <TextField label="Required, with a hint" hint="As it stands on invoices" value={useSignal('')} isRequired />
      <TextField label="Refused" value={useSignal('x')} problem="Two letters at least." />
      <TextField label="Day" type="date" value={useSignal('2026-11-21')} />
      <TextArea label="More words" value={useSignal('Line one\nLine two')} maxLength={200} />
      <NumberField label="Amount" unit="USD" value={useSignal('1,999.50')} />
      <SelectField label="Role" value={useSignal('viewer')} options={[{ value: 'owner', label: 'Owner' }, { value: 'viewer', label: 'Viewer' }]} />
      <CheckField label="I agree" value={useSignal(true)} />
      <CheckField label="Not yet" value={useSignal(false)} />
    </div>
  );
}

const Segments = () => {
  const value = useSignal<'month' | 'year'>('month');
  return <Segmented legend="Interval" value={value.value} options={[{ value: 'month', label: 'Monthly' }, { value: 'year', label: 'Yearly' }]} onChange={(next) => { value.value = next; }} />;
};

const FormIn = ({ action }: { action: Action }) => (
  <Form action={action} work={noWork} submit="Save"><Field label="Code" autoComplete="one-time-code" inputMode="numeric" value={useSignal('')} /></Form>
);

const billing = areaOf('/billing');
const admin = areaOf('/admin');
const NOW = new Date().toISOString();
const HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();

export const PIECES: readonly Piece[] = [
  { name: 'PageTitle', says: 'The one heading of a page; sets the title of the window and takes the focus when the route changes.', states: [{ state: 'a title', show: () => <PageTitle>Components</PageTitle> }] },
  {
    name: 'Button', says: 'Does something. What goes somewhere is a link that looks like one.', states: [
      { state: 'looks', show: () => <div class="actions"><Button onPress={nothing} look="primary">Pay $35.00</Button><Button onPress={nothing}>Plain</Button><Button onPress={nothing} look="quiet">Quiet</Button><Button onPress={nothing} look="danger">Remove</Button></div> },
      { state: 'busy and disabled', show: () => <div class="actions"><Button onPress={nothing} look="primary" busy>Pay $35.00</Button><Button onPress={nothing} disabled>Plain</Button></div> },
    ],
  },
  { name: 'Badge', says: 'A state in one word, with a shape.', states: [{ state: 'tones', show: () => <div class="actions"><Badge tone="neutral">Draft</Badge><Badge tone="good">Paid</Badge><Badge tone="warning">Due</Badge><Badge tone="over">Over limit</Badge><Badge tone="bad">Blocked</Badge></div> }] },
  { name: 'Icon', says: 'Decoration beside words, never instead of them.', states: [{ state: 'all', show: () => <p>{ICON_NAMES.map((name) => <Icon key={name} name={name} />)} <Mark /></p> }] },
  { name: 'Segmented', says: 'A choice among few.', states: [{ state: 'one chosen', show: Segments }] },
  { name: 'fields', says: 'What is typed, chosen and ticked.', states: [{ state: 'each, as it is, with a hint, refused', show: Fields }] },
  {
    name: 'Form', says: 'A small form that sends once at a time.', states: [
      { state: 'ready', show: () => <FormIn action={actionIn(false, null)} /> },
      { state: 'busy', show: () => <FormIn action={actionIn(true, null)} /> },
      { state: 'refused', show: () => <FormIn action={actionIn(false, FIELDS)} /> },
    ],
  },
  { name: 'Facts', says: 'Names and what they are.', states: [{ state: 'some', show: () => <Facts label="Facts" rows={[['Plan', 'Starter'], ['Balance', '−$29.00'], ['Left out', null]]} /> }] },
  {
    name: 'ProblemNote', says: 'What went wrong, what was not changed, and the next step.', states: [
      { state: 'a change was refused', show: () => <ProblemNote problem={DECLINED} of="change" /> },
      { state: 'nobody answered: it may have been done', show: () => <ProblemNote problem={LOST} of="change" onRetry={nothing} /> },
      { state: 'it could not be loaded', show: () => <ProblemNote problem={new Problem(503, 'store_busy', '', 'req_03design')} of="load" onRetry={nothing} /> },
      { state: 'fields', show: () => <ProblemNote problem={FIELDS} of="change" /> },
    ],
  },
  {
    name: 'Section', says: 'A part of a page that loads, fails and recovers alone.', states: [
      { state: 'loading', show: () => <Sectioned name="Loading" state={{ status: 'loading' }} /> },
      { state: 'ready', show: () => <Sectioned name="Ready" state={{ status: 'ready', data: 'What was asked for.', reloadProblem: null }} /> },
      { state: 'not refreshed', show: () => <Sectioned name="Not refreshed" state={{ status: 'ready', data: 'What was there before.', reloadProblem: LOST }} /> },
      { state: 'failed', show: () => <Sectioned name="Failed" state={{ status: 'failed', problem: LOST }} /> },
      { state: 'empty', show: () => <Empty title="No invoices yet">The first one comes when you start a paid plan.</Empty> },
    ],
  },
  {
    name: 'DataTable', says: 'A list that is read page by page; on a phone each row is a card.', states: [
      { state: 'rows', show: () => <Listed rows={PEOPLE} /> },
      { state: 'none', show: () => <Listed rows={[]} /> },
      { state: 'loading', show: () => <Listed rows={[]} state="loading" /> },
      { state: 'failed', show: () => <Listed rows={[]} state="failed" /> },
    ],
  },
  { name: 'TakeAway', says: 'All rows as a file, and the call that gives the same.', states: [{ state: 'ready', show: () => <TakeAway path="/api/billing/members" what="people" /> }] },
  { name: 'Freshness', says: 'Up to when figures are complete.', states: [{ state: 'now', show: () => <Freshness asOf={NOW} /> }, { state: 'late', show: () => <Freshness asOf={HOUR_AGO} /> }] },
  { name: 'Chart', says: 'Bars and lines, with a cursor that keys move, a sentence and a table.', states: [{ state: 'bars', show: () => <Charted kind="bars" /> }, { state: 'lines, the table open', show: () => <Charted kind="lines" isOpen /> }] },
  { name: 'HeatMap', says: 'Two directions at once.', states: [{ state: 'with a gap', show: Heat }] },
  { name: 'Waterfall', says: 'Steps that lead to a sum.', states: [{ state: 'one that adds, one that takes off', show: Steps }] },
  { name: 'Sparkline', says: 'A line beside a number.', states: [{ state: 'with a gap', show: () => <Sparkline values={INCLUDED.values} title="Requests" summary="9 to 25, a gap in the middle" /> }] },
  { name: 'AreaNav', says: 'The places of an area.', states: [
    { state: 'of a customer', show: () => (billing ? <AreaNav area={billing} /> : null) },
    { state: 'of operators', show: () => (admin ? <AreaNav area={admin} /> : null) },
  ] },
  {
    name: 'Dialog', says: 'Over the page, until it is closed.', states: [
      { state: 'opened', show: () => <Opened label="Open a dialog" Shown={({ onClose }) => <Dialog title="A dialog" onClose={onClose} footer={<Button onPress={onClose}>Close it</Button>}><p>Focus is kept inside and goes back to what opened it.</p></Dialog>} /> },
    ],
  },
  {
    name: 'FormDialog', says: 'A dialog with a form in it.', states: [
      { state: 'opened', show: () => <Opened label="Open a form" Shown={({ onClose }) => <FormDialog title="A form" confirm="Refund $5.50" look="danger" onClose={onClose} work={noWork}><TextField label="Reason" value={useSignal('')} isRequired /></FormDialog>} /> },
    ],
  },
  { name: 'Palette', says: 'To anywhere by a few letters.', states: [{ state: 'opened', show: () => <Opened label="Open the palette" Shown={({ onClose }) => <Palette onClose={onClose} onKeys={nothing} />} /> }] },
  { name: 'Keys', says: 'Which keys do what.', states: [{ state: 'opened', show: () => <Opened label="Open the keys" Shown={Keys} /> }] },
];
