// SPDX-License-Identifier: MIT
// Debian's Chromium under playwright-core, without the background traffic of a browser.
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {chromium} from 'playwright-core';

export const chromiumPath = process.env.RV_CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = () => existsSync(chromiumPath);

export async function openBrowser(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'ruview-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    viewport: {width: 1440, height: 1150},
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ...options,
  });
  return {
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    async close() {
      await context.close();
      rmSync(profile, {recursive: true, force: true});
    },
  };
}
