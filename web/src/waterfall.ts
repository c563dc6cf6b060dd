// SPDX-License-Identifier: MIT
// Amplitude of one link over time: one column per record, one row per tone.
import {deep, paper, signedDark, signedLight, theme} from './colour';
import {h, panel, setNote} from './dom';
import type {Hello, SensingRecord} from './schema';
import {isWithheld, reasonText, reasonTitle, withheldText, withholdsLinks} from './words';

const columns = 400; // 20 s at 20 records per second

export class Waterfall {
  private readonly canvas = h('canvas', {role: 'img', 'aria-label': 'Amplitude of the chosen link over time'});
  private readonly select = h('select', {'aria-label': 'Link', change: () => this.choose(Number(this.select.value))});
  private readonly mode = h('button', {type: 'button', class: 'chip-button', 'aria-pressed': 'true', click: () => this.flip()}, 'change only');
  readonly panel = panel('waterfall', 'Amplitude', this.mode, this.select);
  private readonly store = document.createElement('canvas');
  private history: Float32Array[] = [];
  private mean: Float32Array | null = null;
  private span = 1;
  private showsChange = true;
  private names = '';
  link = 0;

  /** Choose from elsewhere on the page */
  show(link: number): void {
    this.select.value = String(link);
    this.choose(link);
  }

  constructor(private readonly onChoose: (link: number) => void) {
    this.panel.body.append(this.canvas, h('div', {class: 'axis axis-x'}, h('span', {}, '−20 s'), h('span', {}, 'now')), h('div', {class: 'axis axis-y'}, 'tones'));
  }

  private flip(): void {
    this.span = 0;
    this.showsChange = !this.showsChange;
    this.mode.setAttribute('aria-pressed', String(this.showsChange));
  }

  private choose(link: number): void {
    this.link = link;
    this.history = [];
    this.mean = null;
    this.onChoose(link);
  }

  setRecord(record: SensingRecord, hello: Hello | null): void {
    this.list(record, hello);
    const link = record.links.find(l => l.link === this.link) ?? record.links[0];
    if (!link) {
      if (withholdsLinks(record)) setNote(this.panel, 'lock', reasonTitle('privacy'), withheldText(record));
      else setNote(this.panel, 'wait', 'No link yet', 'A link appears with the first frames of a node.');
      return;
    }
    if (link.amplitude.length === 0) {
      const reason = link.amplitude_reason === 'none' ? 'no_data' : link.amplitude_reason;
      if (this.history.length === 0 || isWithheld(reason)) {
        this.history = [];
        setNote(this.panel, isWithheld(reason) ? 'lock' : 'wait', reasonTitle(reason), reasonText(reason));
      }
      return;
    }
    setNote(this.panel, 'wait', null);
    this.push(Float32Array.from(link.amplitude));
  }

  private push(row: Float32Array): void {
    if (this.mean && this.mean.length !== row.length) {
      this.history = [];
      this.mean = null;
    }
    this.mean ??= Float32Array.from(row);
    const rate = Math.max(0.02, 1 / (this.history.length + 1));
    for (let i = 0; i < row.length; i++) this.mean[i]! += rate * (row[i]! - this.mean[i]!);
    this.history.push(row);
    if (this.history.length > columns) this.history.shift();
  }

  /** Keep the list of links as the room has them */
  private list(record: SensingRecord, hello: Hello | null): void {
    const names = record.links.map(l => {
      const rx = hello?.nodes.find(n => n.node_id === l.node_id)?.name || `node ${l.node_id}`;
      const tx = l.tx === null ? 'unknown' : (hello?.transmitters.find(x => x.tx === l.tx)?.name ?? l.tx.slice(-4));
      return [l.link, `${tx} → ${rx}`] as const;
    });
    const key = JSON.stringify(names);
    if (key === this.names) return;
    this.names = key;
    this.select.replaceChildren(...names.map(([link, name]) => h('option', {value: link, selected: link === this.link}, name)));
    if (!names.some(([link]) => link === this.link) && names[0]) this.choose(names[0][0]);
  }

  clear(): void {
    this.history = [];
    this.mean = null;
    this.draw();
  }

  draw(): void {
    const n = this.history[0]?.length ?? 0;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (width === 0) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const g = this.canvas.getContext('2d')!;
    g.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (n === 0) return;
    this.paint(n);
    g.imageSmoothingEnabled = true;
    g.drawImage(this.store, 0, 0, this.canvas.width, this.canvas.height);
  }

  private paint(n: number): void {
    if (this.store.width !== columns || this.store.height !== n) {
      this.store.width = columns;
      this.store.height = n;
    }
    const image = new ImageData(columns, n);
    const table = this.showsChange ? (theme().dark ? signedDark : signedLight) : theme().dark ? deep : paper;
    const [low, high] = this.range();
    const start = columns - this.history.length;
    this.history.forEach((row, c) => {
      for (let i = 0; i < n; i++) {
        const value = this.showsChange ? row[i]! - this.mean![i]! : row[i]!;
        const k = 3 * Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low))));
        const at = 4 * ((n - 1 - i) * columns + start + c);
        image.data[at] = table[k]!;
        image.data[at + 1] = table[k + 1]!;
        image.data[at + 2] = table[k + 2]!;
        image.data[at + 3] = 255;
      }
    });
    this.store.getContext('2d')!.putImageData(image, 0, 0);
  }

  /** What black and white stand for, from a sample of the history; it moves slowly */
  private range(): [number, number] {
    const sample: number[] = [];
    for (let c = 0; c < this.history.length; c += 5) {
      const row = this.history[c]!;
      for (let i = 0; i < row.length; i += 3) sample.push(this.showsChange ? Math.abs(row[i]! - this.mean![i]!) : row[i]!);
    }
    sample.sort((a, b) => a - b);
    const at = (share: number): number => sample[Math.min(sample.length - 1, Math.floor(share * sample.length))] ?? 0;
    const low = this.showsChange ? 0 : at(0.02);
    const goal = Math.max(1e-6, at(0.97) - low);
    this.span = this.history.length < 20 || this.span === 0 ? goal : this.span + 0.05 * (goal - this.span);
    return [this.showsChange ? -this.span : low, low + this.span];
  }
}
