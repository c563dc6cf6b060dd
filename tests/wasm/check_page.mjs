// SPDX-License-Identifier: MIT
// node check_page.mjs OFFLINE WORK
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import process from 'node:process';
import {pathToFileURL} from 'node:url';
import {openBrowser} from '../web/browser.mjs';

const [offline, work] = process.argv.slice(2);
const {context, page, close} = await openBrowser({offline: true});
const problems = [];
page.on('pageerror', error => problems.push(String(error)));
page.on('console', message => message.type() === 'error' && problems.push(message.text()));
page.on('request', request => request.url().startsWith('file:') || request.url().startsWith('data:') || problems.push(`asks for ${request.url()}`));

const inked = id => page.$eval(`#${id}`, canvas => {
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let i = 3; i < data.length; i += 4) n += data[i] > 0;
  return n;
});

try {
  await page.goto(pathToFileURL(resolve(offline, 'index.html')).href);
  await page.setInputFiles('#file', join(work, 'hall.pcapng'));
  await page.waitForSelector('body[data-done]', {timeout: 120000});
  assert.equal(await page.getAttribute('body', 'data-done'), '600');
  assert.match(await page.textContent('#state'), /600 cycles, \d+ frames accepted, 0 refused/);
  assert.match(await page.textContent('#now'), /Simulated\. Somebody there: yes/);
  assert.match(await page.textContent('#witness'), /^[0-9a-f]{64}$/);
  assert.match(await page.textContent('#engine'), /simd, \d+ MiB of memory, fixed/);
  for (const id of ['time', 'room', 'taps']) assert.ok(await inked(id) > 500, `${id} is empty`);
  if (process.env.RV_SHOT) await page.screenshot({path: process.env.RV_SHOT, fullPage: true});

  // What is no capture is said so
  writeFileSync(join(work, 'text.txt'), 'nothing here');
  await page.evaluate(() => delete document.body.dataset.done);
  await page.setInputFiles('#file', join(work, 'text.txt'));
  await page.waitForSelector('body[data-done="error"]');
  assert.match(await page.textContent('#state'), /no known capture format/);
  assert.deepEqual(problems, []);
  console.log('check-page: 600 cycles drawn from a file on the disk, no network, no errors');
} finally {
  await close();
  void context;
}
