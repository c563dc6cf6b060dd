// SPDX-License-Identifier: MIT
// Canned messages of docs/schema.md for tests of the page: one JSON object per line on
// standard output. Nothing here is a measurement, and every record says synthetic: true.
//
//   node feed.mjs [--seconds N] [--class raw|derived|anonymous|restricted]
//                 [--silence-after N] [--model] | server_feed --port 8123
import process from 'node:process';

const options = {seconds: 3600, class: 'raw', 'silence-after': Infinity, model: false};
for (let i = 2; i < process.argv.length; i++) {
  const name = process.argv[i].replace(/^--/, '');
  if (name === 'model') options.model = true;
  else {
    const text = process.argv[++i];
    options[name] = name === 'class' ? text : Number(text);
  }
}

let seed = 12345;
const random = () => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 4294967296;
};
const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(6.283185307 * random());
const round = (x, n = 4) => Number(x.toFixed(n));
const known = (value, sigma = 0, quality = 0.9) => ({value: round(value), sigma: round(sigma), quality: round(quality), reason: 'none'});
const unknown = reason => ({value: null, sigma: null, quality: 0, reason});

const room = {name: 'Living room', size_m: [7, 5, 2.6]};
const nodes = [
  {node_id: 1, name: 'bookshelf', position: [0.3, 0.4, 1.2]},
  {node_id: 2, name: 'window', position: [6.7, 0.5, 1.0]},
  {node_id: 3, name: 'sofa corner', position: [6.6, 4.6, 0.8]},
  {node_id: 4, name: 'door', position: [0.4, 4.7, 1.4]},
];
const transmitters = [
  {tx: '00000000000000a1', name: 'access point', position: [3.5, 4.8, 2.2]},
  {tx: '00000000000000a2', name: 'desk', position: [0.3, 2.5, 0.9]},
  {tx: '00000000000000a3', name: 'television', position: [6.8, 2.6, 0.7]},
];
const zones = [
  {zone: 0, name: 'Sofa', polygon_m: [[4.4, 2.9], [6.8, 2.9], [6.8, 4.8], [4.4, 4.8]]},
  {zone: 1, name: 'Desk', polygon_m: [[0.2, 0.2], [2.4, 0.2], [2.4, 2.2], [0.2, 2.2]]},
  {zone: 2, name: 'Hall', polygon_m: [[0.2, 3.2], [2.2, 3.2], [2.2, 4.8], [0.2, 4.8]]},
];
const reasons = [
  ['rate_too_low', 'frames arrive too rarely for this'],
  ['no_data', 'no frame arrived; check power, network and the port'],
  ['warming_up', 'not enough frames yet; wait'],
  ['not_calibrated', 'no empty-room baseline; run calibrate'],
  ['no_geometry', 'positions are not configured'],
  ['no_model', 'no model is loaded'],
  ['low_quality', 'the evidence is too weak'],
  ['moving', 'the person moves; wait for stillness'],
  ['privacy', 'the privacy class withholds it'],
  ['unsupported', 'this cannot be measured here'],
].map(([reason, text]) => ({reason, text}));
const layouts = [{layout: 1, name: 'esp32-lltf64', tones: 52}];

process.stdout.on('error', () => process.exit(0)); // the reader has gone
const say = object => process.stdout.write(JSON.stringify(object) + '\n');
const level = ['raw', 'derived', 'anonymous', 'restricted'].indexOf(options.class);
const shows = {amplitude: level === 0, tracks: level === 0, vitals: level === 0, zones: level <= 2, links: level <= 2};

const tones = Array.from({length: 52}, (_, i) => (i < 26 ? i - 26 : i - 25) * 312500);
const lights = 299792458;
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

const walker = t => {
  const a = t * 0.33;
  return [3.3 + 2.3 * Math.cos(a), 2.3 + 1.3 * Math.sin(2 * a) * 0.8, 1.0];
};
const sitter = [5.7, 3.9, 0.9];
const breathing = 14.2;

const links = [];
for (const tx of transmitters) for (const rx of nodes) {
  const walls = [[-tx.position[0], tx.position[1], tx.position[2]], [2 * 7 - tx.position[0], tx.position[1], tx.position[2]],
    [tx.position[0], -tx.position[1], tx.position[2]], [tx.position[0], 10 - tx.position[1], tx.position[2]]];
  links.push({tx, rx, paths: [distance(tx.position, rx.position), ...walls.map(w => distance(w, rx.position))]});
}

function amplitude(link, t) {
  const chest = 0.006 * Math.sin(2 * Math.PI * breathing / 60 * t);
  const bodies = [walker(t), [sitter[0] + chest, sitter[1], sitter[2]]];
  const paths = link.paths.map((d, i) => [d, (i ? 0.45 : 1) / d]);
  for (const b of bodies) {
    const d = distance(link.tx.position, b) + distance(b, link.rx.position);
    paths.push([d, 0.55 / (distance(link.tx.position, b) * distance(b, link.rx.position)) ** 0.5 / d * 1.6]);
  }
  return tones.map(f => {
    let re = 0, im = 0;
    for (const [d, a] of paths) {
      const phase = -2 * Math.PI * (2.437e9 + f) * d / lights;
      re += a * Math.cos(phase);
      im += a * Math.sin(phase);
    }
    return round(60 * Math.hypot(re, im) + 0.25 * normal(), 2);
  });
}

function taps(link, t) {
  const b = walker(t);
  const d0 = link.paths[0];
  const all = [...link.paths.slice(1).map(d => [d - d0, -9]), [distance(link.tx.position, b) + distance(b, link.rx.position) - d0, -7],
    [distance(link.tx.position, sitter) + distance(sitter, link.rx.position) - d0, -11]];
  const list = [[0, 0], ...all.map(([d, p]) => [d / lights * 1e9, p - 0.35 * d + 0.4 * normal()])].sort((x, y) => x[0] - y[0]);
  return {delay_ns: list.map(x => round(x[0], 1)), power_db: list.map(x => round(x[1], 1)), iterations: 7, gap: 2.1e-5, reason: 'none'};
}

const bodyPoints = [['nose', 0, 0.08, 0.62], ['left_eye', -0.03, 0.07, 0.65], ['right_eye', 0.03, 0.07, 0.65], ['left_ear', -0.07, 0, 0.64],
  ['right_ear', 0.07, 0, 0.64], ['left_shoulder', -0.19, 0, 0.42], ['right_shoulder', 0.19, 0, 0.42], ['left_elbow', -0.26, 0.02, 0.16],
  ['right_elbow', 0.26, 0.02, 0.16], ['left_wrist', -0.27, 0.12, -0.06], ['right_wrist', 0.27, 0.12, -0.06], ['left_hip', -0.12, 0, -0.06],
  ['right_hip', 0.12, 0, -0.06], ['left_knee', -0.13, 0.03, -0.5], ['right_knee', 0.13, 0.03, -0.5], ['left_ankle', -0.13, 0, -0.92], ['right_ankle', 0.13, 0, -0.92]];
function keypoints(p, heading, t) {
  const c = Math.cos(heading - Math.PI / 2), s = Math.sin(heading - Math.PI / 2);
  return bodyPoints.map(([name, x, y, z]) => {
    const side = name.startsWith('left') ? 1 : name.startsWith('right') ? -1 : 0;
    const swing = /wrist|elbow/.test(name) ? -0.2 : /ankle|knee/.test(name) ? 0.28 : 0;
    const y2 = y + side * swing * Math.sin(t * 5);
    return {name, x: round(p[0] + c * x - s * y2, 3), y: round(p[1] + s * x + c * y2, 3), z: round(p[2] + z, 3), sigma_m: 0.09, confidence: 0.82};
  });
}

function record(cycle) {
  const t = cycle * 0.05;
  const p = walker(t), q = walker(t + 0.05);
  const v = [(q[0] - p[0]) / 0.05, (q[1] - p[1]) / 0.05, 0];
  const speed = Math.hypot(v[0], v[1]);
  const heading = Math.atan2(v[1], v[0]);
  const motion = Math.min(1, 0.35 + 0.4 * speed + 0.04 * normal());
  const warm = t > 6;
  const persons = !shows.tracks ? [] : [
    {id: 1, state: 'active', confidence: 0.91, position: p.map(x => round(x)), velocity_mps: v.map(x => round(x)), covariance_m2: [0.035, 0.012 * Math.sin(t), 0.05].map(x => round(x)),
      ambiguous: false, zone: null, keypoints: options.model ? keypoints([p[0], p[1], 0.95], heading, t) : [], keypoints_reason: options.model ? 'none' : 'no_model', bbox: null, motion_score: null},
    {id: 2, state: 'active', confidence: 0.74, position: sitter, velocity_mps: [0, 0, 0], covariance_m2: [0.08, -0.02, 0.06],
      ambiguous: false, zone: 'zone_0', keypoints: [], keypoints_reason: options.model ? 'low_quality' : 'no_model', bbox: null, motion_score: null}];
  const nx = 28, ny = 20, change = [];
  for (let iy = 0; iy < ny; iy++) for (let ix = 0; ix < nx; ix++) {
    const x = 0.125 + ix * 0.25, y = 0.125 + iy * 0.25;
    const a = 5.2 * Math.exp(-((x - p[0]) ** 2 + (y - p[1]) ** 2) / 0.35), b = 3.4 * Math.exp(-((x - sitter[0]) ** 2 + (y - sitter[1]) ** 2) / 0.28);
    change.push(round(Math.max(0, a + b + 0.25 * normal()), 2));
  }
  const bodyOf = links.map((link, i) => {
    const d = distance(link.tx.position, p) + distance(p, link.rx.position) - link.paths[0];
    return Math.max(0.2, 9 * Math.exp(-d * 1.8) + 0.3 * Math.abs(normal()));
  });
  const events = [];
  if (cycle % 400 === 120) events.push({kind: 'person_entered', t_us: 0, subject: 1, confidence: 0.9, reason: 'none', position: null, sigma_m: null, position_reason: 'no_geometry'});
  if (cycle % 400 === 260) events.push({kind: 'change_point', t_us: 0, subject: 5, confidence: 0.7, reason: 'step', position: [4.1, 1.2], sigma_m: 0.5, position_reason: 'none'});
  const t_us = 1760000000000000 + cycle * 50000;
  for (const e of events) e.t_us = t_us;
  const bpm = shows.vitals ? (warm ? known(breathing + 0.2 * Math.sin(t / 7), 0.4, 0.78) : unknown('warming_up')) : unknown(level === 1 ? 'consent' : 'privacy');
  const withheld = level === 0 ? 'none' : level === 1 ? 'consent' : 'privacy';
  return {
    type: 'sensing_update', schema: 1, cycle, t_us, synthetic: true, live: true, source: 'simulated',
    witness: Array.from({length: 64}, () => '0123456789abcdef'[Math.floor(random() * 16)]).join(''), input_digest: '0'.repeat(64),
    presence: {value: true, quality: 0.93, reason: 'none'}, moving: {value: true, quality: 0.9, reason: 'none'},
    motion: known(motion, 0.05, 0.9), occupancy: known(2, 0.3, 0.8), occupancy_at_least: false,
    breathing_bpm: bpm, heart_bpm: unknown(shows.vitals ? 'unsupported' : 'privacy'),
    falls_reason: 'rate_too_low',
    coherence: known(0.83 + 0.03 * Math.sin(t / 3), 0.02, 0.9), variance: known(3.1 + motion, 0.1), rssi_dbm: known(-51.2 + Math.sin(t / 2), 1.2),
    persons, persons_reason: persons.length ? 'none' : withheld,
    zones: shows.zones ? [true, Math.hypot(p[0] - 1.3, p[1] - 1.2) < 1.1, false] : [], zones_reason: shows.zones ? 'none' : 'privacy',
    map: shows.tracks ? {nx, ny, nz: 1, origin_m: [0.125, 0.125, 1], step_m: [0.25, 0.25, 1], change_db: change, sigma_db: [], reason: 'none'}
      : {nx: 0, ny: 0, nz: 0, origin_m: [0, 0, 0], step_m: [0, 0, 0], change_db: [], sigma_db: [], reason: withheld},
    events, quality: round(0.86 + 0.03 * Math.sin(t / 5)), flags: ['uncalibrated'], gate: 'accept', gate_reason: 'none', recalibrate: false, calibration: null,
    privacy: {class: options.class, mode: ['raw_research', 'care_with_consent', 'private_home', 'strict_no_identity'][level], demoted: false, reason: 'none'},
    nodes: level === 3 ? [] : nodes.map((n, i) => ({node_id: n.node_id, present: true, reason: 'none', rate_hz: known(60 + normal(), 0.5), loss: known(0.004 * (i + 1), 0.001),
      clock_offset_us: known(1234 * i + 3 * normal(), 8), clock_drift_ppm: known(4.2 - i, 0.3), jitter_us: known(210 + 30 * i, 20), rssi: known(-48 - 3 * i + normal() * 0.5, 1),
      rssi_dbm: round(-48 - 3 * i, 1), position: n.position, amplitude: [], subcarrier_count: 52})),
    links: !shows.links ? [] : links.map((link, i) => ({link: i, node_id: link.rx.node_id, tx: link.tx.tx, freq_mhz: 2437, layout: 1, stale: false, frames: 1,
      rate_hz: known(20, 0.2), age_ms: known(12 + 3 * random(), 0), coherence: known(0.8 + 0.05 * Math.sin(t + i), 0.02), deviation: known(bodyOf[i], 0.3), motion: known(bodyOf[i] * 1.3 + normal() * 0.2, 0.3),
      delay_spread_ns: known(14 + 2 * Math.sin(t / 2 + i), 1), dominant_ratio: known(0.55, 0.02), sto_ns: known(3 * normal(), 1), weight: round(1 / 12 + 0.02 * Math.sin(i)),
      gate: 'accept', gate_reason: 'none', calibrated: true, cir: shows.amplitude ? taps(link, t) : {delay_ns: [], power_db: [], iterations: 0, gap: 0, reason: withheld},
      amplitude: shows.amplitude ? amplitude(link, t) : [], amplitude_reason: withheld})),
    timestamp: t_us / 1e6, tick: cycle, features: {mean_rssi: -51, variance: 3.2, motion_band_power: round(100 * motion), breathing_band_power: null, dominant_freq_hz: null, change_points: 0, spectral_power: null},
    classification: {motion_level: 'present_moving', presence: true, confidence: 0.93}, signal_field: {grid_size: [0, 0, 0], values: []},
    vital_signs: {breathing_rate_bpm: bpm.value, heart_rate_bpm: null, breathing_confidence: bpm.quality, heartbeat_confidence: 0, signal_quality: 0.86}, estimated_persons: 2,
  };
}

function metrics(cycle) {
  const base = {ingest: [4.1, 11, 2000], calibrate: [1.2, 3, 2000], align: [2.6, 6, 1000], fuse: [5.4, 12, 2000], cir: [96, 180, 15000], gate: [3.1, 8, 2000],
    tomography: [22, 41, 8000], track: [1.6, 4, 8000], trust: [6.3, 15, 5000], publish: [88, 170, 5000], cycle: [236, 430, 50000]};
  return {type: 'metrics', uptime_s: cycle * 0.05, cycles: cycle, rss_bytes: 8.6e6, clients: 1,
    stages: Object.entries(base).map(([stage, [p50, p99, budget]]) => ({stage, calls: cycle, p50_us: round(p50 * (1 + 0.03 * normal()), 1), p99_us: p99, max_us: p99 * 2.2, budget_us: budget, over_budget: 0})),
    counters: {frames_accepted: cycle * 12, frames_refused: 3, datagrams: cycle * 12 + 3, datagrams_shed: 0, records_dropped: 0}, refused: {late: 2, unknown_layout: 1}};
}

say({type: 'hello', schema: 1, software: '0.1.0', record_format: 1, digest_epoch: 1, run: 'ab'.repeat(32), synthetic: true, period_us: 50000, room, nodes, transmitters, zones, layouts, reasons});
let cycle = 0;
const started = Date.now();
const timer = setInterval(() => {
  if ((Date.now() - started) / 1000 > options.seconds) {
    clearInterval(timer);
    return;
  }
  if ((Date.now() - started) / 1000 > options['silence-after']) return;
  while (cycle * 50 < Date.now() - started) {
    say(record(cycle));
    if (cycle % 20 === 0) say(metrics(cycle));
    cycle++;
  }
}, 25);
