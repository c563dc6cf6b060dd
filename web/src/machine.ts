// SPDX-License-Identifier: MIT
// The machine: times of the stages against their budgets, nodes, what happened.
import {h, panel, say, setNote, toggle} from './dom';
import type {Hello, Link, Metrics, Node, SensingRecord} from './schema';
import {clock, eventWord, isAlarm, microseconds, reasonText, reasonTitle, silent_us, stageWord, withheldText, withholdsLinks} from './words';

const least_us = 0.3, most_us = 60000;

/** Share of a logarithmic axis from 0.3 µs to 60 ms */
function place(us: number): number {
  const share = Math.log(Math.max(least_us, us) / least_us) / Math.log(most_us / least_us);
  return 100 * Math.min(1, Math.max(0, share));
}

interface StageRow {
  root: HTMLElement;
  range: HTMLElement;
  median: HTMLElement;
  budget: HTMLElement;
  text: HTMLElement;
}

export class Stages {
  readonly panel = panel('stages', 'Stages');
  private readonly rows = new Map<string, StageRow>();
  private readonly list = h('ol', {class: 'stages'});
  private readonly headline = h('p', {class: 'stage-sum'});

  constructor() {
    this.panel.body.append(this.headline, this.list,
      h('div', {class: 'stage-axis', 'aria-hidden': 'true'}, ...[1, 10, 100, 1000, 10000].map(us => {
        const tick = h('span', {}, microseconds(us).replace('.0 ', ' ').replace('.00', ''));
        tick.style.left = `${place(us)}%`;
        return tick;
      })));
  }

  private row(stage: string): StageRow {
    const found = this.rows.get(stage);
    if (found) return found;
    const range = h('i', {class: 'stage-range'}), median = h('i', {class: 'stage-median'}), budget = h('i', {class: 'stage-budget'});
    const text = h('span', {class: 'stage-text'});
    const root = h('li', {class: stage === 'cycle' ? 'is-sum' : ''}, h('span', {class: 'stage-name'}, stageWord(stage)), h('span', {class: 'stage-bar'}, range, median, budget), text);
    const made = {root, range, median, budget, text};
    this.rows.set(stage, made);
    this.list.append(root);
    return made;
  }

  /** Times are as old as the last message that told them */
  clear(): void {
    say(this.headline, 'No times: the program is silent.');
    for (const row of this.rows.values()) {
      say(row.text, '–');
      row.range.style.width = '0';
      row.median.style.left = '-100%';
    }
  }

  setMetrics(metrics: Metrics): void {
    for (const s of metrics.stages) {
      const row = this.row(s.stage);
      const from = place(s.p50_us), to = place(s.p99_us);
      row.range.style.left = `${from}%`;
      row.range.style.width = `${Math.max(0.5, to - from)}%`;
      row.median.style.left = `${from}%`;
      row.budget.style.left = `${place(s.budget_us)}%`;
      say(row.text, microseconds(s.p99_us));
      toggle(row.root, 'data-over', s.p99_us > s.budget_us);
      toggle(row.root, 'title', `${stageWord(s.stage)}: half below ${microseconds(s.p50_us)}, 99 of 100 below ${microseconds(s.p99_us)}, worst ${microseconds(s.max_us)}; budget ${microseconds(s.budget_us)}, over it ${s.over_budget} of ${s.calls} times`);
    }
    const cycle = metrics.stages.find(s => s.stage === 'cycle');
    if (cycle) say(this.headline, `99 of 100 cycles take less than ${microseconds(cycle.p99_us)}, 1/${Math.max(1, Math.round(cycle.budget_us / cycle.p99_us))} of the budget.`);
  }
}

export class Nodes {
  readonly panel = panel('nodes', 'Nodes and links');
  private readonly body = h('tbody');
  private readonly cells = new Map<number, HTMLElement[]>();
  private readonly heard = new Map<number, number>(); // time of the last record that a node was in

  constructor() {
    const head = ['', 'Node', 'Rate', 'Loss', 'RSSI', 'Jitter', 'Clock drift'].map(t => h('th', {scope: 'col'}, t || h('span', {class: 'hidden-text'}, 'State')));
    this.panel.body.append(h('div', {class: 'scroll'}, h('table', {}, h('thead', {}, h('tr', {}, ...head)), this.body)));
  }

  private row(node: Node): HTMLElement[] {
    const found = this.cells.get(node.node_id);
    if (found) return found;
    const cells = Array.from({length: 7}, (_, i) => h(i === 1 ? 'th' : 'td', i === 1 ? {scope: 'row'} : {}));
    cells[0]!.append(h('i', {class: 'lamp', 'aria-hidden': 'true'}), h('span', {class: 'hidden-text'}));
    this.cells.set(node.node_id, cells);
    this.body.append(h('tr', {}, ...cells));
    return cells;
  }

  setRecord(record: SensingRecord, hello: Hello | null): void {
    if (withholdsLinks(record)) setNote(this.panel, 'lock', reasonTitle('privacy'), withheldText(record));
    else setNote(this.panel, 'wait', record.nodes.length ? null : 'No node yet', 'A node appears with its first datagram.');
    for (const [id, cells] of this.cells) {
      if (record.nodes.some(n => n.node_id === id)) continue;
      cells[0]!.parentElement!.remove();
      this.cells.delete(id);
    }
    for (const node of record.nodes) this.setNode(node, record.t_us, hello);
  }

  private setNode(node: Node, t_us: number, hello: Hello | null): void {
    const c = this.row(node);
    const number = (value: number | null, digits: number, unit: string, scale = 1): string => (value === null ? '–' : `${(value * scale).toFixed(digits)} ${unit}`.replace('-', '−'));
    if (node.present) this.heard.set(node.node_id, t_us);
    // Two packets lost in a row are no silence
    const silent = t_us - (this.heard.get(node.node_id) ?? 0) > silent_us;
    const known = hello?.nodes.find(n => n.node_id === node.node_id);
    const stranger = !known && (hello?.nodes.length ?? 0) > 0;
    toggle(c[0]!.parentElement!, 'data-present', !silent);
    toggle(c[0]!, 'title', silent ? `${reasonTitle(node.reason)}. ${reasonText(node.reason)}` : 'frames arrive');
    say(c[0]!.lastElementChild!, silent ? 'silent' : 'frames arrive');
    say(c[1]!, `${known?.name || `node ${node.node_id}`}${stranger ? ', not configured' : ''}`);
    say(c[2]!, silent ? 'silent' : number(node.rate_hz.value, 0, 'Hz'));
    say(c[3]!, number(silent ? null : node.loss.value, 1, '%', 100));
    say(c[4]!, number(node.rssi_dbm, 0, 'dBm'));
    say(c[5]!, number(silent ? null : node.jitter_us.value, 0, 'µs'));
    say(c[6]!, number(silent ? null : node.clock_drift_ppm.value, 1, 'ppm'));
  }

  clear(): void {
    for (const cells of this.cells.values()) {
      toggle(cells[0]!.parentElement!, 'data-present', false);
      say(cells[0]!.lastElementChild!, 'not known');
      toggle(cells[0]!, 'title', 'not known');
      cells.slice(2).forEach(c => say(c, '–'));
    }
  }
}

interface Cell {
  button: HTMLButtonElement;
  name: string;
  value: HTMLElement;
  sigma: number | null; // smoothed over about a second, to be read by people
}

/** Transmitters by receivers: how disturbed each link is, and the choice of one */
export class Matrix {
  readonly root = h('div', {class: 'matrix', role: 'group', 'aria-label': 'Links: disturbance in robust sigmas, coherence'});
  private readonly cells = new Map<number, Cell>();
  private readonly caption = h('p', {class: 'matrix-caption'});
  private key = '';

  constructor(private readonly choose: (link: number) => void) {}

  setRecord(record: SensingRecord, hello: Hello | null, chosen: number): void {
    const key = record.links.map(l => `${l.link}:${l.node_id}:${l.tx}`).join();
    if (key !== this.key) {
      this.key = key;
      this.build(record.links, hello);
    }
    const first = record.links.find(l => (l.deviation.value ?? l.motion.value) !== null) ?? record.links[0];
    const reason = first && (first.deviation.value ?? first.motion.value) === null ? `: ${reasonTitle(first.deviation.reason).toLowerCase()}` : ', in robust sigmas';
    say(this.caption, first ? `How far each link is from ${first.deviation.value === null && first.motion.value !== null ? 'stillness' : 'its baseline'}${reason}` : '');
    for (const link of record.links) {
      const cell = this.cells.get(link.link);
      if (!cell) continue;
      const sigma = link.deviation.value ?? link.motion.value;
      cell.sigma = sigma === null ? null : cell.sigma === null ? Math.abs(sigma) : cell.sigma + 0.25 * (Math.abs(sigma) - cell.sigma);
      const loud = cell.sigma === null ? 0 : Math.min(1, Math.max(0, (cell.sigma - 1.5) / 8));
      cell.button.style.setProperty('--loud', loud.toFixed(2));
      say(cell.value, cell.sigma === null ? '–' : `${cell.sigma.toFixed(1)} σ`);
      toggle(cell.button, 'aria-pressed', link.link === chosen);
      toggle(cell.button, 'data-stale', link.stale || link.gate === 'reject');
      const coherence = link.coherence.value;
      const text = `Link ${link.link}${link.stale ? ', stale' : ''}: ${sigma === null ? reasonTitle(link.deviation.reason).toLowerCase() : `${Math.abs(sigma).toFixed(1)} robust sigmas from ${link.deviation.value === null ? 'stillness' : 'its baseline'}`}, coherence ${coherence === null ? 'not known' : coherence.toFixed(2)}, ${link.rate_hz.value === null ? 'rate not known' : `${link.rate_hz.value.toFixed(0)} Hz`}`;
      toggle(cell.button, 'title', text);
      toggle(cell.button, 'aria-label', `${cell.name}. ${text}`);
    }
  }

  private build(links: Link[], hello: Hello | null): void {
    this.cells.clear();
    const rx = [...new Set(links.map(l => l.node_id))].sort((a, b) => a - b);
    const nodeName = (id: number): string => hello?.nodes.find(n => n.node_id === id)?.name || `node ${id}`;
    const txName = (id: string): string => (id === '' ? 'unknown' : hello?.transmitters.find(t => t.tx === id)?.name || `…${id.slice(-4)}`);
    const tx = [...new Set(links.map(l => l.tx ?? ''))].sort((a, b) => txName(a).localeCompare(txName(b)) || a.localeCompare(b));
    this.root.style.setProperty('--columns', String(rx.length));
    this.root.replaceChildren(this.caption, h('span', {class: 'matrix-corner'}, 'from \\ to'), ...rx.map(id => h('span', {class: 'matrix-head'}, nodeName(id))));
    for (const from of tx) {
      this.root.append(h('span', {class: 'matrix-side'}, txName(from)));
      for (const to of rx) {
        const here = links.filter(l => (l.tx ?? '') === from && l.node_id === to);
        const box = h('span', {class: 'matrix-box'});
        for (const link of here) {
          const value = h('span', {}, '–');
          const button = h('button', {type: 'button', click: () => this.choose(link.link)}, value);
          this.cells.set(link.link, {button, name: `${txName(from)} to ${nodeName(to)}`, value, sigma: null});
          box.append(button);
        }
        this.root.append(box);
      }
    }
  }

  clear(): void {
    for (const cell of this.cells.values()) {
      cell.sigma = null;
      say(cell.value, '–');
      cell.button.style.setProperty('--loud', '0');
    }
  }
}

const nothing = 'Nothing since this page was opened.';

export class Happenings {
  readonly panel = panel('events', 'What happened');
  private readonly list = h('ol', {class: 'events', 'aria-live': 'polite'});

  constructor() {
    this.list.append(h('li', {class: 'none'}, nothing));
    this.panel.body.append(this.list);
  }

  setRecord(record: SensingRecord, hello: Hello | null): void {
    for (const event of record.events) {
      this.list.querySelector('.none')?.remove();
      const name = (id: number): string => hello?.nodes.find(n => n.node_id === id)?.name || `Node ${id}`;
      this.list.prepend(h('li', {'data-alarm': isAlarm(event.kind)}, h('time', {}, clock(event.t_us)), h('span', {}, eventWord(event, name))));
    }
    const none = this.list.querySelector('.none');
    if (none) say(none, withholdsLinks(record) ? withheldText(record) : nothing);
    while (this.list.children.length > 30) this.list.lastElementChild!.remove();
  }
}
