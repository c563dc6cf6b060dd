// SPDX-License-Identifier: MIT
// The page in a real browser:  node page.test.mjs COMMAND...
// starts COMMAND (a program that serves the page and prints "port N", or `ruview demo`),
// and checks that the picture moves, that it says what it is, and that silence empties it.
// RV_SCREENSHOT=FILE takes the picture of the README along the way.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import process from 'node:process';
import {hasChromium, openBrowser} from './browser.mjs';

if (!hasChromium()) {
  console.log('not run: chromium is not installed');
  process.exit(77);
}

const [mode, ...command] = process.argv.slice(2);
const children = [];
const here = name => fileURLToPath(new URL(name, import.meta.url));

function start(program, args, options = {}) {
  const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'inherit'], ...options});
  children.push(child);
  return child;
}

function line(child, pattern, wait_s) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no line like ${pattern} within ${wait_s} s`)), 1000 * wait_s);
    let text = '';
    child.stdout.on('data', data => {
      text += data;
      const found = pattern.exec(text);
      if (found) {
        clearTimeout(timer);
        resolve(found);
      }
    });
    child.on('exit', code => reject(new Error(`the server ended with ${code}`)));
  });
}

async function serve(...options) {
  const server = start(command[0], command.slice(1));
  const [, port] = await line(server, mode === 'feed' ? /port (\d+)/ : /https?:\/\/[^\s/]+:(\d+)/, 30);
  if (mode === 'feed') {
    const feed = start('node', [here('feed.mjs'), '--model', ...options]);
    feed.stdout.pipe(server.stdin);
    return {port, silence: () => feed.kill('SIGSTOP'), server};
  }
  return {port, silence: () => server.kill('SIGSTOP'), server};
}

// What moves on the room's canvas between two moments, in changed pixels
async function changedPixels(page, selector, wait_ms) {
  return page.evaluate(async ([s, ms]) => {
    const canvas = document.querySelector(s);
    const grab = () => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.slice();
    const a = grab();
    await new Promise(done => setTimeout(done, ms));
    const b = grab();
    let changed = 0;
    for (let i = 0; i < a.length; i += 4) if (Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2]) > 24) changed++;
    return changed;
  }, [selector, wait_ms]);
}

// Pixels of a canvas that have a colour of the theme, within what blending leaves of it
async function pixelsOf(page, selector, name) {
  return page.evaluate(([s, variable]) => {
    const canvas = document.querySelector(s);
    const hex = parseInt(getComputedStyle(document.documentElement).getPropertyValue(variable).trim().slice(1), 16);
    const want = [hex >> 16, (hex >> 8) & 255, hex & 255];
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let n = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200 && want.every((w, k) => Math.abs(w - data[i + k]) < 12)) n++;
    return n;
  }, [selector, name]);
}

// Lines of motion, presence, breathing and quality; words where one is missing
async function checkTimeline(page) {
  const at = '.panel-timeline canvas';
  const words = () => page.textContent('.panel-timeline .facts');
  await page.waitForFunction(() => /breathing: warming up/.test(document.querySelector('.panel-timeline .facts').textContent), null, {timeout: 10000});
  assert.equal(await pixelsOf(page, at, '--violet'), 0, 'a line of breathing before there is a rate');
  await page.waitForFunction(() => document.querySelector('.panel-timeline .facts').textContent === '', null, {timeout: 15000});
  await page.waitForTimeout(2500);
  for (const [name, colour] of [['motion', '--accent'], ['presence', '--warm'], ['breathing', '--violet'], ['quality', '--link']]) {
    const n = await pixelsOf(page, at, colour);
    assert.ok(n > 20, `${n} pixels of ${name}`);
  }
  assert.equal(await words(), '');
  console.log('ok: the lines of motion, presence, breathing and quality, and words while one is missing');
}

// What a class withholds is told to be withheld, and not to be missing
async function checkRestricted(browser) {
  const {port} = await serve('--class', 'restricted');
  const page = await browser.context.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForSelector('#connection[data-state=live]', {timeout: 20000});
  for (const panel of ['nodes', 'waterfall', 'cir']) {
    await page.waitForFunction(name => /Withheld for privacy/.test(document.querySelector(`.panel-${name} .note`).textContent), panel, {timeout: 5000});
  }
  assert.doesNotMatch(await page.textContent('main'), /No frame arrived|No link yet|No node yet/);
  assert.match(await page.textContent('.events'), /withholds|tightened/);
  await page.close();
  console.log('ok: what the class withholds is called withheld');
}

async function main() {
  const {port, silence} = await serve();
  const browser = await openBrowser();
  const {page} = browser;
  const problems = [];
  page.on('pageerror', error => problems.push(error.message));
  page.on('console', message => message.type() === 'error' && problems.push(message.text()));
  page.on('request', request => {
    const host = new URL(request.url()).host;
    if (host !== `127.0.0.1:${port}` && request.url().startsWith('http')) problems.push(`asked ${host}`);
  });
  try {
    await page.goto(`http://127.0.0.1:${port}/?theme=dark`);
    await page.waitForSelector('#connection[data-state=live]', {timeout: 20000});
    console.log('ok: live');

    assert.match(await page.textContent('#banner'), /SYNTHETIC/);
    console.log('ok: the banner says SYNTHETIC');

    if (mode === 'feed') {
      await checkTimeline(page);
      assert.match(await page.textContent('.falls'), /No watch for falls: too few frames/);
      assert.match(await page.getAttribute('.falls', 'title'), /too rarely/);
      console.log('ok: it says why falls are not watched for');
    }

    const cycle = async () => Number(/cycle (\d+)/.exec(await page.textContent('#stream-facts'))[1]);
    const first = await cycle();
    await page.waitForTimeout(2500);
    const second = await cycle();
    assert.ok(second - first >= 20, `cycles went from ${first} to ${second}`);
    console.log(`ok: ${second - first} cycles in 2.5 s`);

    await page.waitForFunction(() => document.querySelectorAll('.stages li').length >= 10, null, {timeout: 15000});
    console.log('ok: stage times');
    assert.ok((await page.locator('.panel-nodes tbody tr').count()) >= 1);
    assert.match(await page.textContent('.witness code'), /^[0-9a-f]{12}…[0-9a-f]{6}$/);
    assert.ok((await page.textContent('.headline')).length > 3);
    console.log(`ok: it says "${await page.textContent('.headline')}"`);

    // The waterfall moves with every record; the room moves once somebody is tracked
    const flows = (await page.locator('.panel-waterfall.is-empty').count()) === 0;
    if (flows) {
      assert.ok((await changedPixels(page, '.panel-waterfall canvas', 1500)) > 500, 'the waterfall does not move');
      console.log('ok: the waterfall moves');
    }
    if (mode === 'feed') {
      assert.ok((await changedPixels(page, '.panel-room canvas', 1500)) > 200, 'the room does not move');
      console.log('ok: the room moves');
    }

    if (process.env.RV_SCREENSHOT) {
      // Somebody should be in the picture, and lines should have a past
      const tracked = page.waitForFunction(() => /with [1-9]/.test(document.querySelector('#room canvas').getAttribute('aria-label')), null, {timeout: 90000});
      await tracked.catch(() => console.log('nobody was tracked within 90 s'));
      await page.waitForTimeout(1000 * Number(process.env.RV_SCREENSHOT_WAIT ?? 14));
      await page.screenshot({path: process.env.RV_SCREENSHOT, fullPage: true});
      console.log(`ok: picture in ${process.env.RV_SCREENSHOT}`);
    }

    if (mode === 'feed') await checkRestricted(browser);

    silence();
    const before = Date.now();
    await page.waitForSelector('#connection:not([data-state=live])', {timeout: 20000});
    const after = Date.now() - before;
    assert.match(await page.textContent('.headline'), /No data|Not connected/);
    assert.equal(await page.locator('.gauge[data-known=true]').count(), 0, 'a number outlived its data');
    assert.doesNotMatch(await page.textContent('.panel-nodes'), /frames arrive|Hz|dBm/);
    console.log(`ok: silence is told (seen after ${after} ms), and no number outlives it`);

    assert.deepEqual(problems, []);
    console.log('ok: no error in the browser, no request to anybody else');
  } finally {
    await browser.close();
  }
}

try {
  await main();
} finally {
  for (const child of children) {
    child.kill('SIGCONT');
    child.kill('SIGTERM');
  }
}
process.exit(0);
