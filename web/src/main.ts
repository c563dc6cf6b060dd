// SPDX-License-Identifier: MIT
// Wires the stream to the panels. Records come 20 times a second; drawing follows the
// screen, text and tables a few times a second.
import 'uplot/dist/uPlot.min.css';
import './style.css';
import {Cir, Timeline} from './charts';
import {forgetTheme} from './colour';
import {h, say, svg, toggle} from './dom';
import {Feed, Link} from './feed';
import {Happenings, Matrix, Nodes, Stages} from './machine';
import {People} from './people';
import {RoomView} from './room';
import type {Hello, Message, Metrics, SensingRecord} from './schema';
import {Trust} from './trust';
import {Waterfall} from './waterfall';
import {learnReasons, microseconds, reasonText} from './words';

const silence_ms = 1500; // and 0.2 s to look: within 2 s the page says so

const state = {
  hello: null as Hello | null,
  record: null as SensingRecord | null,
  lastRecord: 0,
  lastMetrics: 0,
  link: 'connecting' as Link,
  retryAt: 0,
  arrivals: [] as number[],
  bytes: 0,
  skipped: 0,
  silent: true,
  fresh: false,
};

const room = new RoomView();
const people = new People();
const trust = new Trust();
const waterfall = new Waterfall(() => cir.clear());
const cir = new Cir();
const timeline = new Timeline();
const stages = new Stages();
const nodes = new Nodes();
const matrix = new Matrix(link => waterfall.show(link));
nodes.panel.body.append(matrix.root);
const happenings = new Happenings();

// ---- header, banner, footer
const logo = svg('<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><path d="M5.5 21a14.8 14.8 0 0 1 21 0" opacity=".35"/><path d="M9.6 24.6a9 9 0 0 1 12.8 0" opacity=".7"/><circle cx="16" cy="10.5" r="4.5"/></svg>');
const connection = h('span', {class: 'pill', id: 'connection', role: 'status'}, 'Connecting');
const source = h('span', {class: 'pill', id: 'source', hidden: true});
const privacy = h('span', {class: 'pill', id: 'privacy', hidden: true, title: 'Privacy class: what may be shown'});
const themeButton = h('button', {type: 'button', class: 'icon-button', 'aria-label': 'Change between dark and light', click: () => setTheme(document.documentElement.dataset.theme === 'light' ? 'dark' : 'light')},
  svg('<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z" class="full"/></svg>'));
document.getElementById('bar')!.append(h('a', {class: 'brand', href: '/', 'aria-label': 'RuView'}, logo, h('span', {}, 'Ru', h('b', {}, 'View'))), h('div', {class: 'pills'}, connection, source, privacy), themeButton);

const banner = document.getElementById('banner')!;
const footText = h('span', {id: 'stream-facts'});
document.getElementById('foot')!.append(footText, h('span', {class: 'foot-links'}, h('a', {href: '/metrics'}, 'metrics'), h('a', {href: '/api/v1/status'}, 'status'), h('a', {href: '/licenses.txt'}, 'licences')));

document.getElementById('grid')!.append(room.panel.root, people.root, trust.panel.root, happenings.panel.root, waterfall.panel.root, cir.panel.root, timeline.panel.root, stages.panel.root, nodes.panel.root);

function setTheme(name: string): void {
  document.documentElement.dataset.theme = name;
  try {
    localStorage.setItem('ruview-theme', name);
  } catch { /* a browser that keeps nothing still shows the page */ }
  forgetTheme();
  cir.retheme();
  timeline.retheme();
}

function storedTheme(): string | null {
  try {
    return localStorage.getItem('ruview-theme');
  } catch {
    return null;
  }
}

setTheme(new URLSearchParams(location.search).get('theme') ?? storedTheme() ?? (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'));

// ---- the stream
new Feed({
  message(message: Message, bytes: number): void {
    state.bytes += bytes;
    if (message.type === 'hello') takeHello(message);
    else if (message.type === 'sensing_update') takeRecord(message);
    else if (message.type === 'metrics') takeMetrics(message);
    else if (message.type === 'lag') state.skipped += message.skipped;
  },
  link(link: Link, retryAt: number): void {
    state.link = link;
    state.retryAt = retryAt;
    refresh();
  },
});

function takeHello(hello: Hello): void {
  state.hello = hello;
  learnReasons(hello);
  room.setHello(hello);
}

function takeMetrics(metrics: Metrics): void {
  state.lastMetrics = performance.now();
  stages.setMetrics(metrics);
  trust.setClashes(metrics.clashes ?? []);
}

function takeRecord(record: SensingRecord): void {
  if (state.record && record.cycle === state.record.cycle) return;
  state.record = record;
  const now = performance.now();
  if (record.live) state.lastRecord = now;
  state.arrivals.push(now);
  while (state.arrivals.length > 1 && now - state.arrivals[0]! > 3000) state.arrivals.shift();
  happenings.setRecord(record, state.hello);
  if (!record.live) return;
  room.setRecord(record);
  waterfall.setRecord(record, state.hello);
  timeline.setRecord(record);
  state.fresh = true;
}

// ---- silence: within 2 s nothing on the page may look alive
function whySilent(): {title: string; text: string} {
  if (state.link === 'denied') return {title: 'A token is needed', text: 'Reload the page and give the token as the password.'};
  if (state.link !== 'open') return {title: 'Not connected', text: 'RuView does not answer. The page keeps trying.'};
  const reason = state.record?.presence.reason ?? 'no_data';
  return {title: 'No data', text: reasonText(reason === 'none' ? 'no_data' : reason) || 'No frame arrives; check power, network and the port.'};
}

function setSilent(silent: boolean): void {
  const changed = silent !== state.silent;
  state.silent = silent;
  toggle(document.body, 'data-silent', silent);
  room.setSilent(silent);
  if (silent) {
    const why = whySilent();
    people.setSilent(why.title, why.text);
    if (changed) {
      trust.clear();
      nodes.clear();
      matrix.clear();
      waterfall.clear();
      cir.clear();
      timeline.clear();
      cir.draw();
      timeline.draw();
    }
  }
}

function refresh(): void {
  const silent = state.link !== 'open' || state.lastRecord === 0 || performance.now() - state.lastRecord > silence_ms || state.record?.live === false;
  setSilent(silent);
  const record = state.record;
  if (record && !silent && state.fresh) {
    people.setRecord(record);
    trust.setRecord(record);
    nodes.setRecord(record, state.hello);
    matrix.setRecord(record, state.hello, waterfall.link);
    cir.setRecord(record, waterfall.link);
    cir.draw();
    timeline.draw();
    state.fresh = false;
  }
  if (state.lastMetrics > 0 && performance.now() - state.lastMetrics > 5000) {
    state.lastMetrics = 0;
    stages.clear();
  }
  showBar(silent);
}

function showBar(silent: boolean): void {
  const span = state.arrivals.length > 1 ? state.arrivals[state.arrivals.length - 1]! - state.arrivals[0]! : 0;
  const rate = span > 0 ? ((state.arrivals.length - 1) * 1000) / span : 0;
  const wait = Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000));
  const words: {[link in Link]: string} = {connecting: 'Connecting', lost: `Not connected, again in ${wait} s`, denied: 'Token needed', open: silent ? 'No data' : `Live · ${rate.toFixed(0)} Hz`};
  say(connection, words[state.link]);
  toggle(connection, 'data-state', state.link === 'open' ? (silent ? 'silent' : 'live') : state.link);

  const record = state.record;
  const synthetic = record?.synthetic ?? state.hello?.synthetic ?? false;
  toggle(banner, 'class', synthetic ? 'banner is-synthetic' : 'banner');
  if (synthetic && !banner.firstElementChild) {
    banner.append(h('strong', {}, 'SYNTHETIC'), h('span', {}, 'This picture comes from a simulator. No real room is being measured.'));
  } else if (!synthetic) banner.replaceChildren();

  source.hidden = !record;
  privacy.hidden = !record;
  if (record) {
    say(source, record.source);
    say(privacy, `Privacy: ${record.privacy.class}`);
    toggle(privacy, 'data-demoted', record.privacy.demoted);
    say(footText, `cycle ${record.cycle} · ${(state.bytes / 1048576).toFixed(1)} MB received${state.skipped ? ` · ${state.skipped} records skipped` : ''}${state.hello ? ` · RuView ${state.hello.software}, one record each ${microseconds(state.hello.period_us)}` : ''}`);
  }
  document.title = `${silent ? '○' : '●'} RuView${state.hello?.room ? ` · ${state.hello.room.name}` : ''}`;
}

function frame(): void {
  room.draw();
  if (!state.silent) waterfall.draw();
  requestAnimationFrame(frame);
}

setInterval(refresh, 200);
requestAnimationFrame(frame);
