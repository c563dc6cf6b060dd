// SPDX-License-Identifier: MIT
// How far the picture can be believed, and what proves it.
import {h, panel, say, toggle} from './dom';
import type {SensingRecord} from './schema';
import {classWord, flagWord, gateWord, modeWord, reasonText, reasonTitle} from './words';

const leave_s = 10;
const calibration_s = 30;

export class Trust {
  readonly panel = panel('trust', 'Trust');
  private readonly ring = h('div', {class: 'ring'}, h('span', {}, '–'));
  private readonly gate = h('strong');
  private readonly gateText = h('span');
  private readonly flags = h('ul', {class: 'flags'});
  private readonly privacy = h('strong');
  private readonly privacyText = h('span');
  private readonly witness = h('code', {title: 'BLAKE3 chain over everything published so far'});
  private readonly calibration = h('span');
  private readonly button = h('button', {type: 'button', class: 'chip-button', click: () => void this.calibrate()}, 'Calibrate');
  private busyUntil = 0;
  private flagKey = '';

  constructor() {
    this.panel.body.append(
      h('div', {class: 'trust-top'}, this.ring, h('dl', {},
        h('div', {}, h('dt', {}, 'Gate'), h('dd', {}, this.gate, this.gateText)),
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
    say(this.privacyText, record.privacy.demoted ? `tightened: ${reasonTitle(record.privacy.reason).toLowerCase()}` : modeWord(record.privacy.mode).toLowerCase());
    this.showCalibration(record);
    say(this.witness, `${record.witness.slice(0, 12)}…${record.witness.slice(-6)}`);
    this.setFlags(record.flags);
  }

  /** The empty room becomes the baseline; everybody has to leave first */
  private async calibrate(): Promise<void> {
    if (!confirm(`The room must be empty and stay so for ${calibration_s} seconds, from ${leave_s} seconds after OK. Leave it now?`)) return;
    this.busyUntil = Date.now() + 1000 * (leave_s + calibration_s);
    this.button.disabled = true;
    await new Promise(done => setTimeout(done, 1000 * leave_s));
    const answer = await fetch('/api/v1/calibration/start', {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({duration_s: calibration_s})}).catch(() => null);
    if (!answer?.ok) {
      this.busyUntil = 0;
      say(this.calibration, 'could not start');
    }
  }

  private showCalibration(record: SensingRecord): void {
    const left = Math.ceil((this.busyUntil - Date.now()) / 1000);
    this.button.disabled = left > 0;
    if (left > 0) say(this.calibration, left > calibration_s ? `leave the room, ${left - calibration_s} s` : `measuring the empty room, ${left} s`);
    else say(this.calibration, record.calibration ? `${record.calibration.slice(0, 8)}…` : 'none yet');
    toggle(this.button, 'data-wanted', record.recalibrate || !record.calibration);
  }

  private setFlags(flags: string[]): void {
    const key = flags.join();
    if (key === this.flagKey) return;
    this.flagKey = key;
    this.flags.replaceChildren(...flags.map(flag => {
      const [title, text] = flagWord(flag);
      return h('li', {title: text}, title);
    }));
  }

  clear(): void {
    say(this.ring.firstElementChild!, '–');
    this.ring.style.setProperty('--share', '0');
    for (const e of [this.gate, this.gateText, this.privacyText, this.calibration]) say(e, '');
    say(this.gate, '–');
    say(this.calibration, '–');
    this.setFlags([]);
  }
}
