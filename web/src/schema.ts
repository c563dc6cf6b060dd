// SPDX-License-Identifier: MIT
// The messages of docs/schema.md, as far as the page reads them.

export interface Estimate {
  value: number | null;
  sigma: number | null;
  quality: number;
  reason: string;
}

export interface Answer {
  value: boolean | null;
  quality: number;
  reason: string;
}

export type Vec3 = [number, number, number];

export interface Node {
  node_id: number;
  present: boolean;
  reason: string;
  rate_hz: Estimate;
  loss: Estimate;
  clock_offset_us: Estimate;
  clock_drift_ppm: Estimate;
  jitter_us: Estimate;
  rssi: Estimate;
  rssi_dbm: number | null;
  position: Vec3 | null;
}

export interface Cir {
  delay_ns: number[];
  power_db: number[];
  iterations: number;
  gap: number;
  reason: string;
}

export interface Link {
  link: number;
  node_id: number;
  tx: string | null;
  freq_mhz: number | null;
  layout: number;
  stale: boolean;
  frames: number;
  rate_hz: Estimate;
  age_ms: Estimate;
  coherence: Estimate;
  deviation: Estimate;
  motion: Estimate;
  delay_spread_ns: Estimate;
  weight: number;
  gate: string;
  gate_reason: string;
  calibrated: boolean;
  cir: Cir;
  amplitude: number[];
  amplitude_reason: string;
}

export interface Keypoint {
  name: string;
  x: number;
  y: number;
  z: number;
  sigma_m: number;
  confidence: number;
}

export interface Person {
  id: number;
  state: string;
  confidence: number;
  position: Vec3;
  velocity_mps: Vec3;
  covariance_m2: Vec3;
  ambiguous: boolean;
  zone: string | null;
  keypoints: Keypoint[];
  keypoints_reason: string;
  keypoints_trained_on?: string;
}

export interface RoomMap {
  nx: number;
  ny: number;
  nz: number;
  origin_m: Vec3;
  step_m: Vec3;
  change_db: number[];
  sigma_db: number[];
  reason: string;
}

export interface Happening {
  kind: string;
  t_us: number;
  subject: number;
  confidence: number;
  reason: string;
  position: [number, number] | null;
  sigma_m: number | null;
  position_reason: string;
}

export interface SensingRecord {
  type: 'sensing_update';
  cycle: number;
  t_us: number;
  synthetic: boolean;
  live: boolean;
  source: string;
  witness: string;
  presence: Answer;
  moving: Answer;
  motion: Estimate;
  occupancy: Estimate;
  occupancy_at_least: boolean;
  breathing_bpm: Estimate;
  heart_bpm: Estimate;
  falls_reason: string;
  coherence: Estimate;
  variance: Estimate;
  rssi_dbm: Estimate;
  persons: Person[];
  persons_reason: string;
  zones: (boolean | null)[];
  zones_reason: string;
  map: RoomMap;
  events: Happening[];
  quality: number;
  flags: string[];
  gate: string;
  gate_reason: string;
  recalibrate: boolean;
  calibration: string | null;
  privacy: {class: string; mode: string; consent: string; demoted: boolean; reason: string};
  nodes: Node[];
  links: Link[];
}

export interface Hello {
  type: 'hello';
  schema: number;
  software: string;
  record_format: number;
  digest_epoch: number;
  run: string;
  synthetic: boolean;
  period_us: number;
  room: {name: string; size_m: Vec3} | null;
  nodes: {node_id: number; name: string; position: Vec3 | null}[];
  transmitters: {tx: string; name: string; position: Vec3 | null}[];
  zones: {zone: number; name: string; polygon_m: [number, number][]}[];
  layouts: {layout: number; name: string; tones: number}[];
  reasons: {reason: string; text: string}[];
}

export interface Stage {
  stage: string;
  calls: number;
  p50_us: number;
  p99_us: number;
  max_us: number;
  budget_us: number;
  over_budget: number;
}

export interface Metrics {
  type: 'metrics';
  uptime_s: number;
  cycles: number;
  rss_bytes: number;
  clients: number;
  stages: Stage[];
  counters: {[name: string]: number};
  refused: {[reason: string]: number};
  clashes?: number[];
}

export interface Lag {
  type: 'lag';
  skipped: number;
}

export type Message = SensingRecord | Hello | Metrics | Lag;
