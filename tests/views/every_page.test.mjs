// Guards what holds on every page of the table of pages, for whom it is made: without a fault on phone and desk, light, dark and
// in the visitor's own colours; no sideways scrolling, not on 320 px and not from right to left; no console error, no report of
// the policy; and every word comes from the catalogues of words, which a made-up language shows: what it leaves alone was
// written into the code.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { axe, DESK, faultsOf, launch, overflow, PHONE, settled } from '../browser/support/browser.mjs';
import { OWNER, seatOf, startInstallation, takeSeats } from '../browser/support/installation.mjs';
import { byName } from '../browser/support/operators.mjs';
import { cspReports } from '../browser/support/turnpike.mjs';

const PAGES = JSON.parse(await readFile(new URL('../../ui/pages.json', import.meta.url)));
const PATHS = PAGES.flatMap(({ paths }) => Object.keys(paths));
/** Made by the server, in its own languages. */
const BY_SERVER = ['/pricing'];

let installation;
let browser;
let seats;

before(async () => {
  [installation, browser] = await Promise.all([startInstallation(), launch()]);
  seats = await takeSeats(installation.server, browser, OWNER);
});

after(async () => {
  await browser?.close();
  if (!installation) return;
  const reports = await cspReports(installation.server);
  await installation.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

function addressOf(path) {
  const sample = path.includes(':') ? installation.samples[path] : path;
  assert.ok(sample, `${path}: support/installation.mjs has no sample of it`);
  return byName(installation.server.url) + sample;
}

async function open(path) {
  const { page, complaints } = seats[seatOf(path)];
  await page.goto(addressOf(path));
  await settled(page);
  return { page, complaints };
}

describe('every page', () => {
  for (const path of PATHS) {
    test(`${path} is without a fault in every view`, async () => {
      const { page, complaints } = await open(path);
      assert.deepEqual(await faultsOf(page), []);
      for (const { width, height } of [PHONE, DESK]) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ forcedColors: 'active' });
        assert.deepEqual(await axe(page), [], `forced colours at ${width}`);
        await page.emulateMedia({ forcedColors: 'none' });
      }
      await page.setViewportSize({ width: 320, height: 640 });
      assert.ok(await overflow(page) <= 0, 'scrolls sideways at 320');
      assert.deepEqual(complaints.splice(0), []);
    });
  }
});

const ACCENTS = { a: 'á', e: 'ê', i: 'ï', o: 'ö', u: 'ü', A: 'Å', E: 'É', I: 'Î', O: 'Ø', U: 'Û', c: 'ç', n: 'ñ', s: 'š', z: 'ž' };
const START = '⟦';
const END = '⟧';

/** A message as the made-up language says it: a third longer, in brackets, its blanks as they were. */
function madeUp(message) {
  if (typeof message === 'object') return Object.fromEntries(Object.entries(message).map(([category, text]) => [category, madeUp(text)]));
  const text = message.split(/(\{\w+\})/).map((part) => (part.startsWith('{') ? part : part.replace(/[a-zA-Z]/g, (letter) => ACCENTS[letter] ?? letter)));
  return `${START}${text.join('')}${' lorem'.repeat(Math.ceil(message.length / 18))}${END}`;
}

/** Words that came with data: all texts in answers of the API, and everything that is told in them. */
function collectTexts(value, found) {
  if (typeof value === 'string') found.add(value);
  else if (value !== null && typeof value === 'object') Object.entries(value).forEach(([name, item]) => { found.add(name); collectTexts(item, found); });
}

async function speakMadeUp(page, data) {
  const madeUpAll = (words) => Object.fromEntries(Object.entries(words).map(([key, message]) => [key, madeUp(message)]));
  await page.route('**/assets/en-*.json', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: madeUpAll(await response.json()) });
  });
  // The words of a page in one file, and what is declared beside them.
  await page.route('**/assets/words-*.json', async (route) => {
    const response = await route.fetch();
    const parts = Object.entries(await response.json());
    await route.fulfill({ response, json: Object.fromEntries(parts.map(([address, part]) => [address, address.includes('/en-') ? madeUpAll(part) : part])) });
  });
  page.on('response', async (response) => {
    if (!new URL(response.url()).pathname.startsWith('/api/')) return;
    collectTexts(await response.json().catch(() => null), data);
  });
}

/** Texts on the page that are outside the brackets of the made-up language and have a word in them. */
const textsOutside = (page) => page.evaluate(([start, end]) => {
  const outside = [];
  const walk = (node, depthOf) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        let text = '';
        for (const letter of child.data) {
          if (letter === start) depthOf.depth += 1;
          if (depthOf.depth === 0) text += letter;
          if (letter === end) depthOf.depth -= 1;
        }
        if (/\p{L}{3}/u.test(text) && !child.parentElement.closest('code, bdi, time, kbd, [translate="no"], script, style, noscript, option[value]:not([value=""])')) {
          outside.push(text.trim());
        }
      } else if (child.nodeType === Node.ELEMENT_NODE) {
        walk(child, depthOf);
      }
    }
  };
  walk(document.body, { depth: 0 });
  const named = [...document.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap((element) =>
    ['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name)).filter((text) => text && !text.includes(start) && /\p{L}{3}/u.test(text)));
  return [...outside, ...named];
}, [START, END]);

/** What Intl writes: dates, amounts with codes, units, names of countries and languages. */
const BY_INTL = /^[\s\d.,:;/()$€£¥%·–—+−~-]*(in|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|(Sun|Mon|Tue|Wed|Thu|Fri|Sat)[a-z]*|UTC|GMT|AM|PM|[KMGT]?B|min|sec|hr|days?|months?|years?|hours?|minutes?|USD|JPY|KWD|EUR)?([\s\d.,:;/()$€£¥%·–—+−~-]+|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|UTC|AM|PM|GB|MB|TB|kB|min|days?|months?|hours?|minutes?|ago)*$/;
const NAMES = ['Turnpike', 'CSV', 'JSON', 'curl', 'null'];

/** The brand stands at the start of the line, and a page's places beside it, wherever lines start. */
const isMirrored = (page) => page.evaluate(() => ['.brand', '.area-nav'].every((of) => {
  const box = document.querySelector(of)?.getBoundingClientRect();
  return !box || box.left + box.width / 2 > innerWidth / 2;
}));

describe('in a made-up language, in both directions', () => {
  for (const path of PATHS.filter((each) => !BY_SERVER.includes(each))) {
    test(`${path} has no word of its own, is whole though its words are longer, and is its own mirror`, async () => {
      const { page } = seats[seatOf(path)];
      const data = new Set(NAMES);
      const fresh = await page.context().newPage();
      await speakMadeUp(fresh, data);
      await fresh.goto(addressOf(path));
      await settled(fresh);
      await fresh.waitForLoadState('networkidle');
      const regions = new Intl.DisplayNames('en', { type: 'region' });
      const told = (await textsOutside(fresh)).filter((text) => {
        if (data.has(text) || BY_INTL.test(text)) return false;
        if ([...data].some((each) => each.length > 2 && text.includes(each))) return false;
        return ![...data].some((code) => /^[A-Z]{2}$/.test(code) && regions.of(code) === text);
      });
      assert.deepEqual([...new Set(told)], []);
      for (const dir of ['ltr', 'rtl']) {
        await fresh.evaluate((to) => { document.documentElement.dir = to; }, dir);
        for (const { width, height } of [PHONE, DESK]) {
          await fresh.setViewportSize({ width, height });
          assert.ok(await overflow(fresh) <= 0, `longer words scroll sideways at ${width}, ${dir}`);
        }
      }
      assert.ok(await isMirrored(fresh), 'what stands at the start stands at the right');
      await fresh.close();
    });
  }
});
