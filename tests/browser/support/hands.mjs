// Two hands for one story: the mouse, and the keyboard alone. The keyboard goes from where the focus is, by Tab, until it is on
// what is meant: what cannot be reached so, cannot be used so.

const TABS_MAX = 200;

const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

/** By Tab onto the element; of a group of radio buttons Tab reaches one, arrows the others. */
async function reach(page, locator) {
  await locator.waitFor();
  const group = await locator.evaluate((element) => (element.type === 'radio' ? element.name : null));
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    if (await isFocused(locator)) return;
    const inGroup = group !== null && await page.evaluate((name) => document.activeElement.name === name && document.activeElement.type === 'radio', group);
    await page.keyboard.press(inGroup ? 'ArrowDown' : 'Tab');
  }
  const where = await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200));
  throw new Error(`the focus never came to ${locator}, in ${TABS_MAX} presses; it is on ${where}`);
}

/** "2026-11-21T16:05" or a day, into the parts of a field as an American reads them. */
async function typeTime(page, text) {
  const [, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?$/.exec(text);
  await page.keyboard.type(month + day + year);
  if (hour === undefined) return;
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type(`${String(Number(hour) % 12 || 12).padStart(2, '0')}${minute}${Number(hour) < 12 ? 'A' : 'P'}`);
}

export const mouse = () => ({
  name: 'by mouse',
  press: (locator) => locator.click(),
  type: (locator, text) => locator.fill(text),
  check: (locator) => locator.check(),
  choose: (locator, value) => locator.selectOption(value),
});

export const keyboard = (page) => ({
  name: 'by keyboard',
  async press(locator) {
    await reach(page, locator);
    await page.keyboard.press('Enter');
  },
  async type(locator, text) {
    await reach(page, locator);
    if (await locator.evaluate(({ type }) => type === 'datetime-local' || type === 'date')) return typeTime(page, text);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  },
  async check(locator) {
    await reach(page, locator);
    if (!(await locator.isChecked())) await page.keyboard.press('Space');
  },
  async choose(locator, value) {
    await reach(page, locator);
    const [from, to] = await locator.evaluate((element, wanted) => [element.selectedIndex, [...element.options].findIndex((option) => option.value === wanted)], value);
    for (let at = from; at !== to; at += Math.sign(to - from)) await page.keyboard.press(to > from ? 'ArrowDown' : 'ArrowUp');
  },
});
