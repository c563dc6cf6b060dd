// SPDX-License-Identifier: MIT
// How far the picture can be believed, and what proves it.
import {h, panel, say, toggle} from './dom';
import type {SensingRecord} from './schema';
import {classWord, flagWord, gateWord, modeWord, reasonText, reasonTitle} from './words';

const leave_s = 10;
const calibration_s = 30;
const steady_us = 1e6; // a flag of a cycle or two is no news
const settle_s = 2; // until the verdict stands in the records

export class Trust {
  readonly panel = panel('trust', 'Trust');
  private readonly ring = h('div', {class: 'ring', role: 'img'}, h('span', {}, '–'));
  private readonly gate = h('strong');
  private readonly gateText = h('span');
  private readonly flags = h('ul', {class: 'flags'});
  private readonly privacy = h('strong');
  private readonly privacyText = h('span');
  private readonly witness = h('code', {title: 'BLAKE3 chain over everything published so far'});
  private readonly calibration = h('span');
  private readonly button = h('button', {type: 'button', class: 'chip-button', click: () => void this.calibrate()}, 'Calibrate');
  private busyUntil = 0;
  private before: string | null = null;
  private outcome = '';
  private flagKey = '';
  private readonly raised = new Map<string, {since: number; last: number; stands: boolean}>();
  private clashes: number[] = [];

  constructor() {
    this.panel.body.append(
      h('div', {class: 'trust-top'}, this.ring, h('dl', {},
        h('div', {}, h('dt', {title: 'Are the frames good enough to be used?'}, 'Gate'), h('dd', {}, this.gate, this.gateText)),
        h('div', {}, h('dt', {}, 'Privacy'), h('dd', {}, this.privacy, this.privacyText)),
        h('div', {}, h('dt', {}, 'Calibration'), h('dd', {}, this.calibration, this.button)))),
      this.flags,
      h('p', {class: 'witness'}, h('span', {}, 'Witness'), this.witness));
  }

  setRecord(record: SensingRecord): void {
    const percent = Math.round(100 * record.quality);
    say(this.ring.firstElementChild!, `${percent}`);
    this.ring.style.setProperty('--share', `${percent}`);
    toggle(this.ring, 'data-level', record.quality > 0.66 ? 'good' : record.quality > 0.33 ? 'fair' : 'poor');
    toggle(this.ring, 'aria-label', `Quality ${percent} of 100`);
    say(this.gate, gateWord(record.gate));
    say(this.gateText, record.gate_reason === 'none' ? '' : reasonTitle(record.gate_reason).toLowerCase());
    toggle(this.gateText, 'title', reasonText(record.gate_reason));
    say(this.privacy, classWord(record.privacy.class));
    const mode = `mode ${modeWord(record.privacy.mode).toLowerCase()}`;
    say(this.privacyText, record.privacy.demoted ? `${mode}, tightened: ${reasonTitle(record.privacy.reason).toLowerCase()}` : mode);
    toggle(this.privacyText, 'title', record.privacy.demoted ? `${reasonText(record.privacy.reason)} Until 30 s were good, less is shown.` : '');
    this.showCalibration(record);
    say(this.witness, `${record.witness.slice(0, 12)}…${record.witness.slice(-6)}`);
    this.setFlags(this.steady(record));
  }

  /** The flags that stood for a second; they go when they were away as long */
  private steady(record: SensingRecord): string[] {
    const t = record.t_us, isFirst = this.raised.size === 0;
    for (const flag of record.flags) {
      const old = this.raised.get(flag);
      if (old) Object.assign(old, {last: t, stands: old.stands || t - old.since >= steady_us});
      else this.raised.set(flag, {since: t, last: t, stands: isFirst});
    }
    for (const [flag, f] of this.raised) if (f.last !== t && (!f.stands || t - f.last >= steady_us)) this.raised.delete(flag);
    return [...this.raised].filter(([, f]) => f.stands).map(([flag]) => flag);
  }

  /** Numbers that more than one board calls its own */
  setClashes(nodes: number[]): void {
    this.clashes = nodes;
  }

  /** The empty room becomes the baseline; everybody has to leave first */
  private async calibrate(): Promise<void> {
    if (!confirm(`The room must be empty and stay so for ${calibration_s} seconds, from ${leave_s} seconds after OK. Leave it now?`)) return;
    this.busyUntil = Date.now() + 1000 * (leave_s + calibration_s + settle_s);
    this.outcome = 'wait';
    this.button.disabled = true;
    await new Promise(done => setTimeout(done, 1000 * leave_s));
    const answer = await fetch('/api/v1/calibration/start', {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({duration_s: calibration_s})}).catch(() => null);
    if (!answer?.ok) {
      this.busyUntil = 0;
      this.outcome = 'could not start';
    }
  }

  private showCalibration(record: SensingRecord): void {
    const left = Math.ceil((this.busyUntil - Date.now()) / 1000);
    this.button.disabled = left > 0;
    const measured = calibration_s + settle_s;
    if (left > measured) this.before = record.calibration;
    else if (left <= 0 && this.outcome === 'wait') this.outcome = record.calibration !== this.before ? '' : 'nothing qualified; was the room empty and still?';
    if (left > 0) say(this.calibration, left > measured ? `leave the room, ${left - measured} s` : left > settle_s ? `measuring the empty room, ${left - settle_s} s` : 'looking at it');
    else if (this.outcome) say(this.calibration, this.outcome);
    else say(this.calibration, !record.calibration ? 'none yet' : record.flags.includes('uncalibrated') ? 'of some links' : 'done');
    toggle(this.calibration, 'title', record.calibration ? `Digest ${record.calibration}` : '');
    toggle(this.button, 'data-wanted', record.recalibrate || !record.calibration);
  }

  private setFlags(flags: string[]): void {
    const key = `${flags.join()}|${this.clashes.join()}`;
    if (key === this.flagKey) return;
    this.flagKey = key;
    const words = [...this.clashes.map((node): [string, string] => [`Node ${node} twice`, `Two boards send as node ${node}; give each a number of its own`]), ...flags.map(flagWord)];
    this.flags.replaceChildren(...words.map(([title, text]) => h('li', {}, h('strong', {}, title), h('span', {}, text))));
  }

  clear(): void {
    say(this.ring.firstElementChild!, '–');
    this.ring.style.setProperty('--share', '0');
    for (const e of [this.gate, this.gateText, this.privacyText, this.calibration]) say(e, '');
    say(this.gate, '–');
    say(this.calibration, '–');
    this.button.disabled = true;
    this.raised.clear();
    this.setFlags([]);
  }
}
