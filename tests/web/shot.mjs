// SPDX-License-Identifier: MIT
// node shot.mjs URL OUT.png [--wait S] [--width W] [--height H] [--theme dark|light] [--full]
import process from 'node:process';
import {openBrowser} from './browser.mjs';

const [url, out, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = rest.indexOf(`--${name}`);
  return at < 0 ? otherwise : rest[at + 1];
};
const width = Number(option('width', 1440)), height = Number(option('height', 1150));
const browser = await openBrowser({viewport: {width, height}, reducedMotion: 'no-preference'});
browser.page.on('console', m => console.log('console:', m.text()));
browser.page.on('pageerror', e => console.log('error:', e.message));
await browser.page.goto(`${url}?theme=${option('theme', 'dark')}`);
await browser.page.waitForTimeout(1000 * Number(option('wait', 12)));
await browser.page.screenshot({path: out, fullPage: rest.includes('--full')});
await browser.close();
