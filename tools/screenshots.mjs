// Takes the pictures of the guide: both pages, light and dark, phone and desk, into docs/images/.
// Needs ui/dist (`npm run build` in ui/).

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { launch, settled, signInUrl, startServer, visitor } from '../tests/browser/support/browser.mjs';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 900 }];

mkdirSync(folder, { recursive: true });
const server = await startServer();
const browser = await launch();

async function shoot(name, open, size, scheme) {
  const { page, complaints, close } = await visitor(browser, { ...size, scheme, deviceScaleFactor: 1, reducedMotion: 'reduce' });
  await open(page);
  await settled(page);
  const path = `${folder}${name}-${scheme}-${size.width}.png`;
  await page.screenshot({ path, fullPage: true });
  console.log(path, complaints.length === 0 ? '' : complaints);
  await close();
}

for (const size of SIZES) {
  for (const scheme of ['light', 'dark']) {
    await shoot('pricing', (page) => page.goto(`${server.base}/pricing`), size, scheme);
    await shoot('billing', (page) => page.goto(signInUrl(server.base, 'starter')), size, scheme);
  }
}
await browser.close();
await server.stop();
