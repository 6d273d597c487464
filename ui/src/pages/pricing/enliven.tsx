// What moves on /pricing. The page is one form by GET that works without this; with it the address follows each choice, amounts
// have sliders and are read in the visitor's language, and what they come to is asked for as they change: the server makes
// that part of the page anew, so that no price is ever reckoned here.

import { render } from 'preact';

import { problemText } from '../../components/problem_text';
import { TakeAway } from '../../components/TakeAway';
import { plainOf } from '../../format/typed';
import { locale } from '../../i18n';
import { queryText, type Query } from '../../lib/address';
import { asProblem } from '../../lib/resource';
import { readServed } from './served';
import { indexOf, ladderTo } from './ladder';

/** Somebody may go on typing; of several answers the last one counts. */
const PAUSE_MS = 250;

const CALCULATOR = '#calculator';
const ESTIMATE = '#estimate';

/** The field's number as an address has it; what is none in the visitor's language goes as it is, to be refused. */
const plain = (field: HTMLInputElement): string => plainOf(field.value, locale()) ?? field.value;

const shown = (value: number): string => new Intl.NumberFormat(locale()).format(value);

/** What a control says, unless it is what everybody begins with. */
function choiceOf(control: Element): string | undefined {
  if (control instanceof HTMLSelectElement) return control.selectedOptions[0]?.dataset['default'] === undefined ? control.value : undefined;
  const isChosen = control instanceof HTMLInputElement && control.checked && control.dataset['default'] === undefined;
  return isChosen ? control.value : undefined;
}

/** A slider beside each amount. `onChange` is called with every movement and every key. */
function addSlider(row: HTMLElement, onChange: () => void): void {
  const field = row.querySelector('input');
  const label = row.querySelector('label');
  if (!field || !label) return;
  const rungs = ladderTo(Number(row.dataset['max']));
  const slider = Object.assign(document.createElement('input'), { type: 'range', min: '0', max: String(rungs.length - 1), step: '1' });
  const unit = `${field.nextElementSibling?.textContent ?? ''} ${label.querySelector('span')?.textContent ?? ''}`.trim();
  const follow = (): void => {
    const value = Number(plain(field));
    slider.value = String(Number.isNaN(value) ? 0 : indexOf(rungs, value));
    slider.setAttribute('aria-valuetext', `${field.value} ${unit}`);
  };
  slider.setAttribute('aria-label', label.firstChild?.textContent?.trim() ?? '');
  field.type = 'text';
  field.value = shown(Number(field.value));
  follow();
  field.addEventListener('input', () => { follow(); onChange(); });
  slider.addEventListener('input', () => {
    field.value = shown(rungs[Number(slider.value)] ?? 0);
    follow();
    onChange();
  });
  row.querySelector('.calc-slide')?.replaceChildren(slider);
}

/** In the place of the button that nobody needs any more: a link to what is shown, and the same as a file. */
function fillFoot(foot: HTMLElement): (path: string) => void {
  const link = Object.assign(document.createElement('button'), { type: 'button', className: 'button plain small', textContent: foot.dataset['share'] });
  const place = document.createElement('div');
  link.addEventListener('click', () => {
    const address = `${location.origin}/pricing${location.search}${CALCULATOR}`;
    void navigator.clipboard.writeText(address).then(() => { link.textContent = foot.dataset['shared'] ?? ''; }, () => location.assign(address));
  });
  foot.replaceChildren(link, place);
  return (path) => render(<TakeAway key={path} path={path} what="estimate" isWhole />, place);
}

export function enliven(form: HTMLFormElement): () => void {
  const said = Object.assign(document.createElement('p'), { className: 'visually-hidden', role: 'status' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;
  let showFiles: (path: string) => void = () => {};

  const fields = (): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>('.calc-field input')];
  const given = new URLSearchParams(location.search);
  let hasAmounts = given.has('use') || fields().some(({ name }) => given.has(name));
  const query = (): string => {
    const choices: Query = {};
    for (const control of form.querySelectorAll('[name]:not(.calc-field input)')) {
      const choice = choiceOf(control);
      if (choice !== undefined) choices[control.getAttribute('name') ?? ''] = choice;
    }
    if (hasAmounts) for (const field of fields()) choices[field.name] = plain(field);
    return queryText(choices);
  };
  const keepAddress = (search: string): void => history.replaceState(history.state, '', location.pathname + search + location.hash);

  /** What the server makes of an address, unless another was asked for meanwhile. */
  const ask = async (search: string, use: (made: HTMLFormElement) => void): Promise<void> => {
    const mine = ++latest;
    const estimate = form.querySelector(ESTIMATE);
    estimate?.setAttribute('aria-busy', 'true');
    try {
      const made = await readServed(location.pathname + search);
      if (mine !== latest) return;
      use(made);
      said.className = 'visually-hidden';
      said.textContent = form.querySelector('.verdict')?.textContent ?? '';
    } catch (error) {
      if (mine !== latest) return;
      said.className = 'inline-note tone-warning';
      said.textContent = problemText(asProblem(error));
    }
    form.querySelector(ESTIMATE)?.removeAttribute('aria-busy');
  };

  const showEstimate = (): void => {
    const estimate = form.querySelector<HTMLElement>(ESTIMATE);
    const bad = [...(estimate?.querySelectorAll<HTMLElement>('[data-bad]') ?? [])].map(({ dataset }) => dataset['bad']);
    for (const field of fields()) {
      for (const [attribute, value] of [['aria-invalid', 'true'], ['aria-describedby', 'estimate-problem']] as const) {
        if (bad.includes(field.name)) field.setAttribute(attribute, value);
        else field.removeAttribute(attribute);
      }
    }
    showFiles(estimate?.dataset['path'] ?? '');
  };
  const refresh = (): void => {
    clearTimeout(timer);
    keepAddress(query());
    void ask(query(), (made) => {
      const estimate = made.querySelector(ESTIMATE);
      if (estimate) form.querySelector(ESTIMATE)?.replaceWith(estimate);
      showEstimate();
    });
  };
  const changed = (): void => {
    hasAmounts = true;
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE_MS);
  };
  const begin = (): void => {
    for (const row of form.querySelectorAll<HTMLElement>('.calc-row')) addSlider(row, changed);
    const foot = form.querySelector<HTMLElement>('.calc-foot');
    if (foot) showFiles = fillFoot(foot);
    form.querySelector(ESTIMATE)?.before(said);
    showEstimate();
  };

  /** A beginning that is chosen fills all fields: that part of the page comes anew, and the focus stays on the choice. */
  const start = (link: HTMLAnchorElement): void => {
    hasAmounts = true;
    keepAddress(new URL(link.href).search);
    void ask(new URL(link.href).search, (made) => {
      const calculator = made.querySelector(CALCULATOR);
      if (!calculator) return;
      const at = [...form.querySelectorAll('[data-start]')].indexOf(link);
      form.querySelector(CALCULATOR)?.replaceWith(calculator);
      begin();
      form.querySelectorAll<HTMLElement>('[data-start]')[at]?.focus();
      keepAddress(query());
    });
  };
  const onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-start]') : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    start(link);
  };

  form.addEventListener('click', onClick);
  form.addEventListener('change', () => keepAddress(query()));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    refresh();
  });
  begin();
  return () => {
    clearTimeout(timer);
    latest += 1;
  };
}
