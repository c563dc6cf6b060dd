// SPDX-License-Identifier: MIT
// Names and reasons in plain words. The sentences for reasons come with `hello`; the ones
// here say what they mean for the person in front of the page.
import type {Estimate, Happening, Hello, SensingRecord} from './schema';

let reasons = new Map<string, string>();

export function learnReasons(hello: Hello): void {
  reasons = new Map(hello.reasons.map(r => [r.reason, r.text]));
}

const short: {[reason: string]: string} = {
  no_data: 'No data',
  warming_up: 'Warming up',
  not_calibrated: 'Not calibrated',
  no_geometry: 'No positions',
  geometry_insufficient: 'Too few directions',
  tx_unknown: 'Transmitter unknown',
  no_model: 'No pose model',
  low_quality: 'Evidence too weak',
  moving: 'Too much movement',
  nobody: 'Nobody there',
  privacy: 'Withheld for privacy',
  gate_reject: 'Frames refused',
  cannot_tell: 'Cannot tell',
  stale: 'Too old',
  rate_too_low: 'Too few frames',
  consent: 'Needs consent',
  unsupported: 'Not measurable here',
  error: 'Internal error',
  clock: 'Clocks not known well',
  loss: 'Packets missing',
  drift: 'Room differs from baseline',
  change_point: 'Sudden change',
  one_sided: 'Seen one way only',
  contradiction: 'Evidence disagrees',
  phase_garbage: 'Phase unusable',
  step: 'Sudden change',
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const plain = (name: string): string => capital(name.replace(/_/g, ' '));

/** Two words for a reason */
export function reasonTitle(reason: string): string {
  return short[reason] ?? plain(reason);
}

/** One sentence for a reason, with the next step */
export function reasonText(reason: string): string {
  const text = reasons.get(reason);
  return text ? `${capital(text)}.` : '';
}

export function isWithheld(reason: string): boolean {
  return reason === 'privacy' || reason === 'consent';
}

const flagWords: {[flag: string]: [string, string]} = {
  clock_spread: ['Clocks apart', 'The clocks of the nodes do not agree; restart the nodes, so that all follow one'],
  node_absent: ['Node missing', 'A node of the configuration is silent; check its power and its WiFi'],
  loss: ['Packet loss', 'Too many packets are missing'],
  uncalibrated: ['Uncalibrated', 'A link has no baseline of the empty room; leave the room and press Calibrate'],
  calibration_old: ['Old calibration', 'The baseline is more than a day old; calibrate again'],
  calibration_mix: ['Mixed calibration', 'Links hold baselines of different sessions; calibrate all of them again'],
  incoherent: ['Incoherent', 'The links do not agree over time'],
  drift: ['Drift', 'The room differs from its baseline; calibrate again when it is empty'],
  geometry: ['Geometry', 'The links see the room from too few directions'],
  partition: ['Mesh at risk', 'A node is lost or loses most of its packets; the others cannot stand in for it'],
  contradiction: ['Contradiction', 'Two pieces of evidence disagree'],
  phase: ['Phase', 'The phase carries no delay structure'],
  no_data: ['No data', 'No frame arrives'],
  change_point: ['Change', 'The channel changed at once'],
  one_sided: ['One-sided', 'Motion shows at one receiver only: interference or a fault there'],
};

export function flagWord(flag: string): [string, string] {
  return flagWords[flag] ?? [plain(flag), ''];
}

const gateWords: {[gate: string]: string} = {
  accept: 'Accepted',
  predict_only: 'Predicting only',
  reject: 'Refused',
  recalibrate: 'Needs calibration',
};

export const gateWord = (gate: string): string => gateWords[gate] ?? plain(gate);

const modeWords: {[mode: string]: string} = {
  raw_research: 'Raw research',
  private_home: 'Private home',
  enterprise_anonymous: 'Enterprise, anonymous',
  care_with_consent: 'Care with consent',
  strict_no_identity: 'Strict, no identity',
};

export const modeWord = (mode: string): string => modeWords[mode] ?? plain(mode);
export const classWord = (name: string): string => plain(name);

const stageWords: {[stage: string]: string} = {
  ingest: 'Ingest',
  calibrate: 'Calibrate',
  align: 'Align phase',
  fuse: 'Fuse links',
  cir: 'Impulse response',
  gate: 'Coherence gate',
  room: 'Room and tomography',
  tomography: 'Tomography',
  vital: 'Motion and vitals',
  people: 'People',
  track: 'Track',
  trust: 'Quality, privacy, witness',
  publish: 'Publish',
  cycle: 'Whole cycle',
};

export const stageWord = (stage: string): string => stageWords[stage] ?? plain(stage);

const trackWord = (track: number): string => (track ? `, track ${track}` : '');

/// Where something happened, as far as it is known
function placeWord(event: Happening): string {
  if (!event.position) return '';
  const [x, y] = event.position;
  const sigma = event.sigma_m === null ? '' : `, give or take ${event.sigma_m.toFixed(1)} m`;
  return ` at ${x.toFixed(1)}, ${y.toFixed(1)} m${sigma}`;
}

/// What a lasting change of the channel may be, by its reason
function changeWord(event: Happening): string {
  const what = event.reason === 'step' ? 'Something may have been moved'
    : event.reason === 'ambiguous' ? 'Something may have been moved, or somebody sits very still'
    : 'The channel changed';
  return `${what}${placeWord(event)} (link ${event.subject})`;
}

export function eventWord(event: Happening, nodeName: (id: number) => string): string {
  switch (event.kind) {
    case 'change_point': return changeWord(event);
    case 'fall_candidate': return `Possible fall${trackWord(event.subject)}`;
    case 'fall_confirmed': return `Fall${trackWord(event.subject)}`;
    case 'apnoea': return `Breathing paused${trackWord(event.subject)}`;
    case 'node_absent': return `${nodeName(event.subject)} fell silent`;
    case 'node_back': return `${nodeName(event.subject)} is back`;
    case 'recalibrate': return 'A new calibration is recommended';
    case 'mode_changed': return 'The privacy mode changed';
    case 'person_entered': return event.subject ? `Somebody is followed from here on (track ${event.subject})` : 'Somebody is followed from here on';
    case 'person_left': return event.subject ? `Track ${event.subject} ends: gone, or very still` : 'A track ends: gone, or very still';
    default: return plain(event.kind);
  }
}

const bad = new Set(['fall_candidate', 'fall_confirmed', 'apnoea', 'node_absent']);
export const isAlarm = (kind: string): boolean => bad.has(kind);

/** The sentence at the top: what the room is like, as far as anybody can say */
export function headline(record: SensingRecord): {title: string; text: string; tone: string} {
  const {presence, moving, occupancy} = record;
  if (presence.value === null && (occupancy.value ?? 0) >= 1) {
    return {title: 'Probably somebody is here', text: 'Somebody is followed through the room; the links alone cannot tell.', tone: 'unknown'};
  }
  if (presence.value === null) {
    return {title: reasonTitle(presence.reason), text: reasonText(presence.reason) || 'It is not known whether somebody is there.', tone: 'unknown'};
  }
  if (!presence.value) return {title: 'The room is empty', text: 'Nobody disturbs the WiFi.', tone: 'empty'};
  const n = occupancy.value === null ? null : Math.round(occupancy.value);
  const least = record.occupancy_at_least;
  const who = n === null || n < 1 || (n === 1 && least) ? 'Somebody is here' : n === 1 ? 'One person is here' : `${least ? 'At least ' : ''}${n} people are here`;
  const what = moving.value === null ? `Whether anybody moves is not known: ${reasonTitle(moving.reason).toLowerCase()}.` : moving.value ? 'There is movement.' : 'All is still.';
  return {title: capital(who), text: what, tone: moving.value ? 'moving' : 'still'};
}

/** "14.2 ± 0.4" with digits that the uncertainty deserves */
export function withSigma(e: Estimate, digits = 1): string {
  return e.value === null ? '–' : e.value.toFixed(digits);
}

export function microseconds(us: number): string {
  if (us >= 1e6) return `${(us / 1e6).toFixed(1)} s`;
  if (us >= 1e3) return `${(us / 1e3).toPrecision(3)} ms`;
  return `${us < 10 ? us.toFixed(1) : us.toFixed(0)} µs`;
}

/** Time of day where the page is looked at */
export function clock(t_us: number): string {
  const t = new Date(t_us / 1000);
  return [t.getHours(), t.getMinutes(), t.getSeconds()].map(n => String(n).padStart(2, '0')).join(':');
}

/** A node that was not heard for so long is silent; a few packets lost in a row are no silence */
export const silent_us = 1e6;

/** Why something is withheld now, and until when */
export function withheldText(record: SensingRecord): string {
  const {demoted, reason} = record.privacy;
  return demoted ? `The privacy class was tightened: ${reasonTitle(reason).toLowerCase()}. It relaxes when 30 s were good.` : reasonText('privacy') || 'The privacy class withholds it.';
}

/** Classes that hold back what is known of links and nodes, and not for want of data */
export const withholdsLinks = (record: SensingRecord): boolean => record.privacy.class === 'restricted';
