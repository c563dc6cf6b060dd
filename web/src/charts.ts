// SPDX-License-Identifier: MIT
// Lines over time and impulse responses, by uPlot.
import uPlot from 'uplot';
import {alpha, theme} from './colour';
import {h, panel, Panel, say, setNote} from './dom';
import type {SensingRecord} from './schema';
import {isWithheld, reasonText, reasonTitle, withheldText, withholdsLinks} from './words';

const seconds = 60;
const font = '11px Inter, system-ui, sans-serif';

function axis(more: Partial<uPlot.Axis>): uPlot.Axis {
  const t = theme();
  return {stroke: t.faint!, font, grid: {stroke: t.grid!, width: 1}, ticks: {show: false}, ...more};
}

abstract class Chart {
  protected plot: uPlot | null = null;
  protected readonly host = h('div', {class: 'plot'});

  constructor(readonly panel: Panel) {
    this.panel.body.append(this.host);
    new ResizeObserver(() => this.resize()).observe(this.host);
  }

  protected abstract options(width: number, height: number): uPlot.Options;
  protected abstract data(): uPlot.AlignedData;

  protected resize(): void {
    const {clientWidth: width, clientHeight: height} = this.host;
    if (width === 0 || height === 0) return;
    if (this.plot) this.plot.setSize({width, height});
    else this.plot = new uPlot(this.options(width, height), this.data(), this.host);
  }

  retheme(): void {
    this.plot?.destroy();
    this.plot = null;
    this.resize();
  }

  draw(): void {
    this.plot?.setData(this.data());
  }
}

const mostBpm = 40;

/** Motion, presence, breathing with its uncertainty, and quality over the last minute; in words beside it, why one of them has no line now */
export class Timeline extends Chart {
  private times: number[] = [];
  private series: (number | null)[][] = [[], [], [], [], [], []];
  private readonly facts = h('div', {class: 'facts'});

  constructor() {
    super(panel('timeline', 'Last minute', h('div', {class: 'series-key'}, h('span', {class: 'key-motion'}, 'motion'), h('span', {class: 'key-presence'}, 'presence'), h('span', {class: 'key-breathing'}, 'breathing'), h('span', {class: 'key-quality'}, 'quality'))));
    this.panel.body.append(this.facts);
  }

  protected options(width: number, height: number): uPlot.Options {
    const t = theme();
    const time = axis({values: (_, splits) => splits.map(v => (v === 0 ? 'now' : `${v} s`).replace('-', '−')), space: 70, size: 26});
    const share = axis({values: (_, splits) => splits.map(v => `${Math.round(100 * v)} %`), size: 46, space: 28});
    const rate = axis({side: 1, grid: {show: false}, values: (_, splits) => splits.map(v => `${Math.round(mostBpm * v)}/min`), size: 52, space: 28});
    const bound = {stroke: 'transparent', points: {show: false}};
    return {
      width, height, padding: [10, 0, 0, 0], legend: {show: false}, cursor: {show: false},
      scales: {x: {time: false, range: (): [number, number] => [-seconds, 0]}, y: {range: (): [number, number] => [0, 1.03]}},
      axes: [time, share, rate],
      bands: [{series: [4, 5], fill: alpha(t.violet!, 0.2)}],
      series: [{}, {stroke: t.accent!, width: 2, fill: alpha(t.accent!, 0.12)}, {stroke: t.warm!, width: 1.5}, {stroke: t.violet!, width: 2}, bound, bound, {stroke: t.link!, width: 1.5}],
    };
  }

  protected data(): uPlot.AlignedData {
    const now = this.times[this.times.length - 1] ?? 0;
    return [this.times.map(x => x - now), ...this.series] as uPlot.AlignedData;
  }

  setRecord(record: SensingRecord): void {
    const t = record.t_us / 1e6;
    if (this.times.length && t <= this.times[this.times.length - 1]!) this.clear();
    this.times.push(t);
    const {presence, breathing_bpm: breath} = record;
    const rate = (sigmas: number): number | null => (breath.value === null ? null : (breath.value + sigmas * (breath.sigma ?? 0)) / mostBpm);
    const there = presence.value === null ? null : presence.value ? presence.quality : 0;
    [record.motion.value, there, rate(0), rate(1), rate(-1), record.quality].forEach((v, i) => this.series[i]!.push(v));
    while (this.times.length > 1 && t - this.times[0]! > seconds) {
      this.times.shift();
      this.series.forEach(s => s.shift());
    }
    const missing = [['motion', record.motion], ['presence', presence], ['breathing', breath]] as const;
    say(this.facts, missing.filter(([, e]) => e.value === null).map(([name, e]) => `${name}: ${reasonTitle(e.reason).toLowerCase()}`).join(' · '));
  }

  clear(): void {
    this.times = [];
    this.series = [[], [], [], [], [], []];
    say(this.facts, '');
  }
}

/** Taps of the chosen link: power against delay, both relative to the strongest */
export class Cir extends Chart {
  private delay: number[] = [0];
  private power: (number | null)[] = [null];
  private readonly facts = h('div', {class: 'facts'});

  constructor() {
    super(panel('cir', 'Impulse response'));
    this.panel.body.append(this.facts);
  }

  protected options(width: number, height: number): uPlot.Options {
    const t = theme();
    const stems: uPlot.Series.PathBuilder = (u, s) => {
      const stroke = new Path2D(), dots = new Path2D();
      const base = u.valToPos(-40, 'y', true);
      this.delay.forEach((x, i) => {
        const y = (u.data[s] as (number | null)[])[i];
        if (y === null || y === undefined) return;
        const px = u.valToPos(x, 'x', true), py = u.valToPos(Math.max(-40, y), 'y', true);
        stroke.moveTo(px, base);
        stroke.lineTo(px, py);
        dots.moveTo(px, py);
        dots.arc(px, py, 3.4 * devicePixelRatio, 0, 2 * Math.PI);
      });
      u.ctx.save();
      u.ctx.fillStyle = t.accent!;
      u.ctx.fill(dots);
      u.ctx.restore();
      return {stroke, fill: null, clip: null} as unknown as uPlot.Series.Paths;
    };
    return {
      width, height, padding: [10, 14, 0, 0], legend: {show: false}, cursor: {show: false},
      scales: {x: {time: false, range: (_u, _a, max): [number, number] => [Math.min(-10, ...this.delay) - 5, Math.max(50, Math.ceil(((max ?? 0) + 5) / 25) * 25)]}, y: {range: (): [number, number] => [-40, 3]}},
      axes: [axis({values: (_, splits) => splits.map(v => `${v}${v === 0 ? ' ns' : ''}`.replace('-', '−')), space: 50, size: 26}), axis({values: (_, splits) => splits.map(v => `${v}${v === 0 ? ' dB' : ''}`.replace('-', '−')), size: 40, space: 26})],
      series: [{}, {stroke: alpha(t.accent!, 0.75), width: 2, paths: stems, points: {show: false}}],
    };
  }

  protected data(): uPlot.AlignedData {
    return [this.delay, this.power] as uPlot.AlignedData;
  }

  setRecord(record: SensingRecord, chosen: number): void {
    const link = record.links.find(l => l.link === chosen) ?? record.links[0];
    const cir = link?.cir;
    if (!link || !cir || cir.delay_ns.length === 0) {
      const reason = cir && cir.reason !== 'none' ? cir.reason : withholdsLinks(record) ? 'privacy' : 'no_data';
      setNote(this.panel, isWithheld(reason) ? 'lock' : 'wait', reasonTitle(reason), withholdsLinks(record) ? withheldText(record) : reasonText(reason));
      return;
    }
    setNote(this.panel, 'wait', null);
    const order = cir.delay_ns.map((_, i) => i).sort((a, b) => cir.delay_ns[a]! - cir.delay_ns[b]!);
    this.delay = order.map(i => cir.delay_ns[i]!);
    this.power = order.map(i => cir.power_db[i]!);
    const spread = link.delay_spread_ns.value;
    say(this.facts, `${cir.delay_ns.length} ${cir.delay_ns.length === 1 ? 'tap' : 'taps'} · spread ${spread === null ? '–' : `${spread.toFixed(1)} ns`} · solved in ${cir.iterations} ${cir.iterations === 1 ? 'step' : 'steps'}, gap ${cir.gap.toExponential(0)}`);
  }

  clear(): void {
    this.delay = [0];
    this.power = [null];
    say(this.facts, '');
  }
}
