// SPDX-License-Identifier: MIT
// The answer in one sentence, and the numbers that stand behind it, each with its quality
// or the reason why there is none.
import {h, say, toggle} from './dom';
import type {Estimate, SensingRecord} from './schema';
import {headline, isWithheld, reasonText, reasonTitle, withSigma} from './words';

class Gauge {
  private readonly value = h('span', {class: 'gauge-value'}, '–');
  private readonly unit: HTMLElement;
  private readonly text = h('span', {class: 'gauge-text'});
  private readonly bar = h('i');
  readonly root: HTMLElement;

  constructor(title: string, unit: string, private readonly digits: number) {
    this.unit = h('span', {class: 'gauge-unit'}, unit);
    this.root = h('div', {class: 'gauge'}, h('h3', {}, title), h('p', {class: 'gauge-line'}, this.value, this.unit), h('div', {class: 'quality', title: 'quality of the evidence'}, this.bar), this.text);
  }

  set(e: Estimate | null, scale = 1, prefix = ''): void {
    const known = e !== null && e.value !== null;
    toggle(this.root, 'data-known', known);
    toggle(this.root, 'data-withheld', e !== null && isWithheld(e.reason));
    say(this.value, known ? `${prefix}${withSigma({...e, value: e.value! * scale}, this.digits)}` : '–');
    this.unit.hidden = !known;
    this.bar.style.width = `${Math.round(100 * (known ? e.quality : 0))}%`;
    if (known) say(this.text, `${e.sigma ? `± ${(e.sigma * scale).toFixed(1)}\n` : ''}quality ${Math.round(100 * e.quality)} %`);
    else say(this.text, e ? reasonTitle(e.reason) : 'No data');
    toggle(this.root, 'title', e && !known ? reasonText(e.reason) : '');
  }
}

export class People {
  private readonly title = h('p', {class: 'headline'}, 'Waiting');
  private readonly text = h('p', {class: 'subline'}, 'for the first record');
  private readonly orb = h('div', {class: 'orb', 'aria-hidden': 'true'}, h('i'), h('i'), h('i'));
  private readonly motion = new Gauge('Motion', '%', 0);
  private readonly count = new Gauge('People', '', 0);
  private readonly breathing = new Gauge('Breathing', '/min', 1);
  private readonly heart = new Gauge('Heart', '/min', 0);
  private readonly falls = h('p', {class: 'subline falls'}, '');
  readonly root = h('section', {class: 'panel panel-people', id: 'people', 'aria-label': 'Presence'},
    h('div', {class: 'answer', 'aria-live': 'polite'}, this.orb, h('div', {}, this.title, this.text)),
    h('div', {class: 'gauges'}, this.motion.root, this.count.root, this.breathing.root, this.heart.root), this.falls);

  setRecord(record: SensingRecord): void {
    const line = headline(record);
    this.show(line.title, line.text, line.tone);
    this.motion.set(record.motion, 100);
    this.count.set(record.occupancy, 1, record.occupancy_at_least ? '≥ ' : '');
    this.breathing.set(record.breathing_bpm);
    this.heart.set(record.heart_bpm);
    say(this.falls, record.falls_reason === 'none' ? 'Falls are watched for' : `No watch for falls: ${reasonTitle(record.falls_reason).toLowerCase()}`);
    toggle(this.falls, 'title', reasonText(record.falls_reason));
  }

  setSilent(title: string, text: string): void {
    this.show(title, text, 'silent');
    for (const gauge of [this.motion, this.count, this.breathing, this.heart]) gauge.set(null);
    say(this.falls, '');
  }

  private show(title: string, text: string, tone: string): void {
    say(this.title, title);
    say(this.text, text);
    toggle(this.root, 'data-tone', tone);
  }
}
