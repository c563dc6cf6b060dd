// SPDX-License-Identifier: MIT
// How far the picture can be believed, and what proves it.
import {h, panel, say, toggle} from './dom';
import type {SensingRecord} from './schema';
import {classWord, flagWord, gateWord, modeWord, reasonText, reasonTitle} from './words';

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
  private flagKey = '';

  constructor() {
    this.panel.body.append(
      h('div', {class: 'trust-top'}, this.ring, h('dl', {},
        h('div', {}, h('dt', {}, 'Gate'), h('dd', {}, this.gate, this.gateText)),
        h('div', {}, h('dt', {}, 'Privacy'), h('dd', {}, this.privacy, this.privacyText)),
        h('div', {}, h('dt', {}, 'Calibration'), h('dd', {}, this.calibration)))),
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
    say(this.calibration, record.calibration ? `${record.calibration.slice(0, 8)}…` : 'none yet');
    say(this.witness, `${record.witness.slice(0, 12)}…${record.witness.slice(-6)}`);
    this.setFlags(record.flags);
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
