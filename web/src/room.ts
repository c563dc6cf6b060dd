// SPDX-License-Identifier: MIT
// The room: walls, zones, the change map, links, nodes, and people with their doubt.
// A person without keypoints is a place with an uncertainty, never a skeleton.
import {alpha, heat, theme} from './colour';
import {h, panel, say, setNote, toggle} from './dom';
import type {Hello, Link, Person, SensingRecord, Vec3} from './schema';
import {Projection, View} from './scene';
import {isWithheld, reasonText, reasonTitle, silent_us} from './words';

const bones: [string, string][] = [
  ['left_shoulder', 'right_shoulder'], ['left_hip', 'right_hip'], ['left_shoulder', 'left_hip'], ['right_shoulder', 'right_hip'],
  ['left_shoulder', 'left_elbow'], ['left_elbow', 'left_wrist'], ['right_shoulder', 'right_elbow'], ['right_elbow', 'right_wrist'],
  ['left_hip', 'left_knee'], ['left_knee', 'left_ankle'], ['right_hip', 'right_knee'], ['right_knee', 'right_ankle'],
];
const trail_us = 6e6;
const plan: View = {yaw: 0, pitch: Math.PI / 2};
const tilted: View = {yaw: 0.3, pitch: 0.66};

interface Trail {
  points: {x: number; y: number; t_us: number}[];
}

export class RoomView {
  private readonly canvas = h('canvas', {role: 'img', tabindex: 0, 'aria-label': 'Map of the room'});
  private readonly legend = h('div', {class: 'legend'});
  private readonly buttons = {
    tilted: h('button', {type: 'button', 'aria-pressed': 'true', click: () => this.turn(tilted)}, '3-D'),
    plan: h('button', {type: 'button', 'aria-pressed': 'false', click: () => this.turn(plan)}, 'Plan'),
  };
  readonly panel = panel('room', 'Room', h('div', {class: 'segmented', role: 'group', 'aria-label': 'View'}, this.buttons.tilted, this.buttons.plan));
  private readonly projection = new Projection();
  private readonly heatCanvas = document.createElement('canvas');
  private readonly trails = new Map<number, Trail>();
  private view: View = {...tilted};
  private goal: View = {...tilted};
  private hello: Hello | null = null;
  private record: SensingRecord | null = null;
  private readonly heard = new Map<number, number>();
  private silent = true;

  constructor() {
    this.panel.body.append(this.canvas, this.legend);
    this.canvas.addEventListener('pointerdown', event => this.drag(event));
    this.canvas.addEventListener('keydown', event => this.key(event));
    this.legend.append(
      h('span', {class: 'key key-node'}, 'receiver'), h('span', {class: 'key key-tx'}, 'transmitter'),
      h('span', {class: 'key key-link'}, 'link, brighter when disturbed'), h('span', {class: 'key key-person'}, 'person, 95 % ellipse'),
    );
  }

  setHello(hello: Hello): void {
    this.hello = hello;
    this.trails.clear();
    const name = hello.room?.name;
    if (name) say(this.panel.head.querySelector('h2')!, name);
  }

  setRecord(record: SensingRecord): void {
    this.record = record;
    for (const node of record.nodes) if (node.present) this.heard.set(node.node_id, record.t_us);
    const seen = new Set<number>();
    for (const person of record.persons) {
      seen.add(person.id);
      const trail = this.trails.get(person.id) ?? {points: []};
      trail.points.push({x: person.position[0], y: person.position[1], t_us: record.t_us});
      while (trail.points.length > 1 && record.t_us - trail.points[0]!.t_us > trail_us) trail.points.shift();
      this.trails.set(person.id, trail);
    }
    for (const id of this.trails.keys()) if (!seen.has(id)) this.trails.delete(id);
  }

  setSilent(silent: boolean): void {
    this.silent = silent;
    if (silent) this.trails.clear();
    toggle(this.canvas, 'data-silent', silent);
  }

  private size(): Vec3 {
    return this.hello?.room?.size_m ?? [0, 0, 0];
  }

  private turn(goal: View): void {
    this.goal = {...goal};
    toggle(this.buttons.plan, 'aria-pressed', goal === plan);
    toggle(this.buttons.tilted, 'aria-pressed', goal === tilted);
  }

  private free(yaw: number, pitch: number): void {
    this.goal = {yaw, pitch: Math.min(Math.PI / 2, Math.max(0.25, pitch))};
    this.view = {...this.goal};
    toggle(this.buttons.plan, 'aria-pressed', false);
    toggle(this.buttons.tilted, 'aria-pressed', false);
  }

  private drag(event: PointerEvent): void {
    const start = {...this.view};
    const move = (e: PointerEvent): void => this.free(start.yaw + (e.clientX - event.clientX) / 240, start.pitch + (e.clientY - event.clientY) / 240);
    const end = (): void => {
      this.canvas.removeEventListener('pointermove', move);
      this.canvas.classList.remove('is-dragged');
    };
    this.canvas.classList.add('is-dragged');
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.addEventListener('pointermove', move);
    this.canvas.addEventListener('pointerup', end, {once: true});
    this.canvas.addEventListener('pointercancel', end, {once: true});
  }

  private key(event: KeyboardEvent): void {
    const step: {[key: string]: [number, number]} = {ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1]};
    const by = step[event.key];
    if (by) {
      event.preventDefault();
      this.free(this.view.yaw + by[0], this.view.pitch + by[1]);
    }
  }

  draw(): void {
    const ratio = Math.min(2, devicePixelRatio || 1);
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (width === 0 || height === 0) return;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const axis of ['yaw', 'pitch'] as const) this.view[axis] += (this.goal[axis] - this.view[axis]) * (still ? 1 : 0.18);

    const g = this.canvas.getContext('2d')!;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    const size = this.size();
    if (size[0] <= 0 || size[1] <= 0) {
      setNote(this.panel, 'wait', 'No room is configured', 'Name the room, its size and the positions of the nodes in the configuration.');
      return;
    }
    setNote(this.panel, 'wait', null);
    this.projection.fit(size, this.view, width, height, 30);
    const record = this.silent ? null : this.record;
    this.drawFloor(g, size);
    this.drawZones(g, record);
    if (record) this.drawMap(g, record, ratio);
    this.drawWalls(g, size, ratio);
    this.drawLinks(g, record);
    this.drawNodes(g, record);
    if (record) this.drawPeople(g, record);
    else this.drawSilence(g, size);
    this.describe(record);
  }

  private polygon(g: CanvasRenderingContext2D, points: Vec3[]): void {
    g.beginPath();
    points.forEach((p, i) => {
      const [x, y] = this.projection.at(...p);
      if (i) g.lineTo(x, y);
      else g.moveTo(x, y);
    });
    g.closePath();
  }

  private line(g: CanvasRenderingContext2D, a: Vec3, b: Vec3): void {
    g.beginPath();
    g.moveTo(...this.projection.at(...a));
    g.lineTo(...this.projection.at(...b));
    g.stroke();
  }

  private drawFloor(g: CanvasRenderingContext2D, size: Vec3): void {
    const t = theme();
    this.polygon(g, [[0, 0, 0], [size[0], 0, 0], [size[0], size[1], 0], [0, size[1], 0]]);
    g.fillStyle = t.floor!;
    g.fill();
    g.save();
    g.clip();
    g.lineWidth = 1;
    g.strokeStyle = t.grid!;
    for (let x = 1; x < size[0]; x++) this.line(g, [x, 0, 0], [x, size[1], 0]);
    for (let y = 1; y < size[1]; y++) this.line(g, [0, y, 0], [size[0], y, 0]);
    g.restore();
  }

  private drawWalls(g: CanvasRenderingContext2D, size: Vec3, ratio: number): void {
    const t = theme();
    const corners: Vec3[] = [[0, 0, 0], [size[0], 0, 0], [size[0], size[1], 0], [0, size[1], 0]];
    const middle = this.projection.depth(size[0] / 2, size[1] / 2);
    const top = size[2] * 0.8 * Math.cos(this.view.pitch) > 0.05 ? size[2] * 0.8 : 0;
    for (let i = 0; i < 4; i++) {
      const a = corners[i]!, b = corners[(i + 1) % 4]!;
      const isBack = this.projection.depth((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) > middle + 1e-6;
      if (isBack && top > 0) this.drawWall(g, a, b, top, ratio);
      g.strokeStyle = alpha(t.wall!, isBack ? 0.95 : 0.55);
      g.lineWidth = isBack ? 2 : 1.25;
      this.line(g, a, b);
    }
    this.drawScale(g, size);
  }

  /** A wall that fades upwards: drawn in its own coordinates, 0..1 along and up */
  private drawWall(g: CanvasRenderingContext2D, a: Vec3, b: Vec3, top: number, ratio: number): void {
    const t = theme();
    const [ax, ay] = this.projection.at(...a);
    const [bx, by] = this.projection.at(...b);
    const [cx, cy] = this.projection.at(a[0], a[1], top);
    g.save();
    g.setTransform((bx - ax) * ratio, (by - ay) * ratio, (cx - ax) * ratio, (cy - ay) * ratio, ax * ratio, ay * ratio);
    const fade = g.createLinearGradient(0, 0, 0, 1);
    fade.addColorStop(0, alpha(t.wall!, t.dark ? 0.3 : 0.24));
    fade.addColorStop(1, alpha(t.wall!, 0));
    g.fillStyle = fade;
    g.fillRect(0, 0, 1, 1);
    g.restore();
  }

  /** Text that stays readable over lines */
  private label(g: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string): void {
    const t = theme();
    g.lineJoin = 'round';
    g.lineWidth = 4;
    g.strokeStyle = alpha(t.panel!, 0.85);
    g.strokeText(text, x, y);
    g.fillStyle = colour;
    g.fillText(text, x, y);
  }

  private drawScale(g: CanvasRenderingContext2D, size: Vec3): void {
    const t = theme();
    g.font = '500 11px Inter, system-ui, sans-serif';
    g.fillStyle = t.faint!;
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    const place = (text: string, p: Vec3, dx: number, dy: number): void => {
      const [x, y] = this.projection.at(...p);
      g.fillText(text, x + dx, y + dy);
    };
    place(`${size[0].toFixed(1)} m`, [size[0] / 2, 0, 0], 0, 16);
    place(`${size[1].toFixed(1)} m`, [size[0], size[1] / 2, 0], 24, 6);
  }

  private drawZones(g: CanvasRenderingContext2D, record: SensingRecord | null): void {
    const t = theme();
    this.hello?.zones.forEach((zone, i) => {
      const occupied = record?.zones[i] ?? null;
      const points = zone.polygon_m.map(([x, y]): Vec3 => [x, y, 0]);
      this.polygon(g, points);
      g.fillStyle = alpha(occupied ? t.accent! : t.soft!, occupied ? 0.14 : 0.05);
      g.fill();
      g.setLineDash(occupied ? [] : [4, 4]);
      g.lineWidth = 1.2;
      g.strokeStyle = alpha(occupied ? t.accent! : t.soft!, occupied ? 0.7 : 0.35);
      g.stroke();
      g.setLineDash([]);
      // In the middle: in the corners stand nodes with names of their own
      const n = zone.polygon_m.length;
      const [px, py] = this.projection.at(zone.polygon_m.reduce((sum, p) => sum + p[0] / n, 0), zone.polygon_m.reduce((sum, p) => sum + p[1] / n, 0), 0);
      g.font = '600 11.5px Inter, system-ui, sans-serif';
      g.textAlign = 'center';
      g.textBaseline = 'middle';
      this.label(g, zone.name, px, py, occupied ? t.accent! : t.soft!);
    });
  }

  private drawMap(g: CanvasRenderingContext2D, record: SensingRecord, ratio: number): void {
    const map = record.map;
    if (map.nx < 2 || map.ny < 2 || map.change_db.length < map.nx * map.ny) return;
    const t = theme();
    const layer = Math.floor(map.nz / 2) * map.nx * map.ny;
    const image = new ImageData(map.nx, map.ny);
    for (let i = 0; i < map.nx * map.ny; i++) {
      // Where the doubt is known, colour begins at one sigma and is full at five
      const sigma = map.sigma_db[layer + i];
      const change = map.change_db[layer + i]!;
      const strength = Math.min(1, Math.max(0, sigma ? (change / sigma - 1) / 4 : (change - 0.6) / 5.4));
      const k = 3 * Math.round(strength * 255);
      image.data.set([heat[k]!, heat[k + 1]!, heat[k + 2]!, 255 * Math.min(0.62, strength * (t.dark ? 0.8 : 0.95))], 4 * i);
    }
    if (this.heatCanvas.width !== map.nx || this.heatCanvas.height !== map.ny) {
      this.heatCanvas.width = map.nx;
      this.heatCanvas.height = map.ny;
    }
    this.heatCanvas.getContext('2d')!.putImageData(image, 0, 0);
    g.save();
    this.polygon(g, [[0, 0, 0], [this.size()[0], 0, 0], [this.size()[0], this.size()[1], 0], [0, this.size()[1], 0]]);
    g.clip();
    const [a, b, c, d, e, f] = this.projection.floor(0);
    g.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, e * ratio, f * ratio);
    g.imageSmoothingEnabled = true;
    g.imageSmoothingQuality = 'high';
    g.drawImage(this.heatCanvas, map.origin_m[0] - map.step_m[0] / 2, map.origin_m[1] - map.step_m[1] / 2, map.nx * map.step_m[0], map.ny * map.step_m[1]);
    g.restore();
  }

  private ends(link: Link): [Vec3, Vec3] | null {
    const rx = this.hello?.nodes.find(n => n.node_id === link.node_id)?.position;
    const tx = this.hello?.transmitters.find(x => x.tx === link.tx)?.position;
    return rx && tx ? [tx, rx] : null;
  }

  private drawLinks(g: CanvasRenderingContext2D, record: SensingRecord | null): void {
    const t = theme();
    for (const link of record?.links ?? []) {
      const ends = this.ends(link);
      if (!ends) continue;
      // Disturbance in robust sigmas: below 2 the link is quiet, from 8 on it is loud
      const sigma = link.deviation.value ?? link.motion.value;
      const loud = sigma === null ? 0 : Math.min(1, Math.max(0, (Math.abs(sigma) - 2) / 6));
      const refused = link.stale || link.gate === 'reject';
      g.setLineDash(refused ? [3, 5] : []);
      g.lineWidth = 1 + 1.8 * loud;
      g.strokeStyle = alpha(loud > 0.02 ? t.warm! : t.link!, refused ? 0.18 : (t.dark ? 0.26 : 0.34) + 0.5 * loud);
      this.line(g, ...ends);
    }
    g.setLineDash([]);
  }

  private drop(g: CanvasRenderingContext2D, p: Vec3, colour: string): void {
    g.setLineDash([2, 3]);
    g.lineWidth = 1;
    g.strokeStyle = alpha(colour, 0.35);
    this.line(g, [p[0], p[1], 0], p);
    g.setLineDash([]);
  }

  private drawNodes(g: CanvasRenderingContext2D, record: SensingRecord | null): void {
    const t = theme();
    g.font = '500 11px Inter, system-ui, sans-serif';
    g.textAlign = 'center';
    g.textBaseline = 'top';
    for (const tx of this.hello?.transmitters ?? []) {
      if (!tx.position) continue;
      this.drop(g, tx.position, t.violet!);
      const [x, y] = this.projection.at(...tx.position);
      g.beginPath();
      g.moveTo(x, y - 7);
      g.lineTo(x + 7, y);
      g.lineTo(x, y + 7);
      g.lineTo(x - 7, y);
      g.closePath();
      g.fillStyle = t.violet!;
      g.strokeStyle = t.panel!;
      g.lineWidth = 2;
      g.fill();
      g.stroke();
      this.label(g, tx.name, x, y + 11, t.soft!);
    }
    for (const node of this.hello?.nodes ?? []) {
      if (!node.position) continue;
      const state = record?.nodes.find(n => n.node_id === node.node_id);
      const silent = record !== null && record.t_us - (this.heard.get(node.node_id) ?? 0) > silent_us;
      const colour = !record || !state ? t.soft! : silent ? t.red! : t.link!;
      this.drop(g, node.position, colour);
      const [x, y] = this.projection.at(...node.position);
      g.beginPath();
      g.arc(x, y, 11, 0, 2 * Math.PI);
      g.fillStyle = alpha(colour, 0.18);
      g.fill();
      g.beginPath();
      g.arc(x, y, 5.5, 0, 2 * Math.PI);
      g.fillStyle = colour;
      g.strokeStyle = t.panel!;
      g.lineWidth = 2;
      g.fill();
      g.stroke();
      this.label(g, node.name || `node ${node.node_id}`, x, y + 12, t.soft!);
    }
  }

  private drawPeople(g: CanvasRenderingContext2D, record: SensingRecord): void {
    const order = [...record.persons].sort((a, b) => this.projection.depth(b.position[0], b.position[1]) - this.projection.depth(a.position[0], a.position[1]));
    for (const person of order) {
      this.drawTrail(g, person, record.t_us);
      this.drawDoubt(g, person);
      if (person.keypoints.length >= 5) this.drawSkeleton(g, person);
      else if (person.state !== 'lost') this.drawPlace(g, person);
      this.drawTag(g, person);
    }
  }

  private drawTrail(g: CanvasRenderingContext2D, person: Person, now_us: number): void {
    const points = this.trails.get(person.id)?.points ?? [];
    const t = theme();
    g.lineCap = 'round';
    for (let i = 1; i < points.length; i++) {
      const age = (now_us - points[i]!.t_us) / trail_us;
      g.lineWidth = 0.8 + 2.6 * (1 - age);
      g.strokeStyle = alpha(t.accent!, 0.55 * (1 - age));
      this.line(g, [points[i - 1]!.x, points[i - 1]!.y, 0.01], [points[i]!.x, points[i]!.y, 0.01]);
    }
    g.lineCap = 'butt';
  }

  /** The ellipse that holds 95 % of a Gaussian with this covariance: chi-square 5.991 */
  private drawDoubt(g: CanvasRenderingContext2D, person: Person): void {
    const [xx, xy, yy] = person.covariance_m2;
    const mean = (xx + yy) / 2, spread = Math.hypot((xx - yy) / 2, xy);
    const a = Math.sqrt(5.991 * Math.max(0, mean + spread)), b = Math.sqrt(5.991 * Math.max(0, mean - spread));
    const turn = 0.5 * Math.atan2(2 * xy, xx - yy);
    const t = theme();
    g.beginPath();
    for (let i = 0; i <= 48; i++) {
      const s = (i / 48) * 2 * Math.PI;
      const u = a * Math.cos(s), v = b * Math.sin(s);
      const [x, y] = this.projection.at(person.position[0] + Math.cos(turn) * u - Math.sin(turn) * v, person.position[1] + Math.sin(turn) * u + Math.cos(turn) * v, 0.01);
      if (i) g.lineTo(x, y);
      else g.moveTo(x, y);
    }
    const firm = person.state === 'active';
    g.fillStyle = alpha(t.accent!, firm ? 0.16 : 0.06);
    g.fill();
    g.setLineDash(firm ? [] : [4, 4]);
    g.lineWidth = 1.5;
    g.strokeStyle = alpha(t.accent!, 0.85);
    g.stroke();
    g.setLineDash([]);
  }

  private drawPlace(g: CanvasRenderingContext2D, person: Person): void {
    const t = theme();
    const [x, y] = person.position;
    const foot = this.projection.at(x, y, 0), head = this.projection.at(x, y, 1.55);
    const sure = person.state === 'active' ? 0.95 : 0.5;
    const body = g.createLinearGradient(0, head[1], 0, foot[1]);
    body.addColorStop(0, alpha(t.accent!, sure));
    body.addColorStop(1, alpha(t.accent!, 0.15 * sure));

    g.strokeStyle = body;
    g.lineCap = 'round';
    g.lineWidth = Math.max(5, this.projection.metres(0.13));
    if (foot[1] - head[1] > 6) {
      g.beginPath();
      g.moveTo(...head);
      g.lineTo(...foot);
      g.stroke();
    }
    g.lineCap = 'butt';
    g.beginPath();
    g.arc(head[0], head[1], Math.max(6, this.projection.metres(0.13)), 0, 2 * Math.PI);
    g.fillStyle = alpha(t.accent!, sure);
    g.fill();
    const speed = Math.hypot(person.velocity_mps[0], person.velocity_mps[1]);
    if (speed > 0.15) this.drawArrow(g, person);
  }

  private drawArrow(g: CanvasRenderingContext2D, person: Person): void {
    const t = theme();
    const [x, y] = person.position;
    const [vx, vy] = person.velocity_mps;
    const a = this.projection.at(x, y, 0.02), b = this.projection.at(x + vx * 0.8, y + vy * 0.8, 0.02);
    const turn = Math.atan2(b[1] - a[1], b[0] - a[0]);
    if (Math.hypot(b[0] - a[0], b[1] - a[1]) < 10) return;
    g.strokeStyle = t.text!;
    g.lineWidth = 2;
    g.beginPath();
    g.moveTo(...a);
    g.lineTo(...b);
    for (const side of [-1, 1]) {
      g.moveTo(...b);
      g.lineTo(b[0] - 8 * Math.cos(turn + side * 0.5), b[1] - 8 * Math.sin(turn + side * 0.5));
    }
    g.stroke();
  }

  private drawSkeleton(g: CanvasRenderingContext2D, person: Person): void {
    const t = theme();
    const point = new Map(person.keypoints.filter(k => k.confidence >= 0.15).map(k => [k.name, k]));
    g.lineCap = 'round';
    for (const [from, to] of bones) {
      const a = point.get(from), b = point.get(to);
      if (!a || !b) continue;
      const sure = Math.min(a.confidence, b.confidence);
      g.lineWidth = 1.5 + 2.5 * sure;
      g.strokeStyle = alpha(t.accent!, 0.25 + 0.75 * sure);
      this.line(g, [a.x, a.y, a.z], [b.x, b.y, b.z]);
    }
    for (const k of point.values()) {
      const [x, y] = this.projection.at(k.x, k.y, k.z);
      g.beginPath();
      g.arc(x, y, k.name === 'nose' ? Math.max(5, this.projection.metres(0.1)) : 2.6, 0, 2 * Math.PI);
      g.fillStyle = t.accent!;
      g.fill();
    }
    g.lineCap = 'butt';
  }

  private drawTag(g: CanvasRenderingContext2D, person: Person): void {
    const t = theme();
    const [x, y] = this.projection.at(person.position[0], person.position[1], person.state === 'lost' ? 0.3 : 1.95);
    const text = person.state === 'lost' ? `#${person.id}, last seen here` : `#${person.id}${person.ambiguous ? '?' : ''} · ${Math.round(person.confidence * 100)} %`;
    g.font = '600 11.5px Inter, system-ui, sans-serif';
    const w = g.measureText(text).width + 16;
    g.beginPath();
    g.roundRect(x - w / 2, y - 11, w, 21, 10.5);
    g.fillStyle = alpha(t.panel!, 0.92);
    g.fill();
    g.lineWidth = 1;
    g.strokeStyle = alpha(t.accent!, 0.6);
    g.stroke();
    g.fillStyle = t.text!;
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    g.fillText(text, x, y);
  }

  private drawSilence(g: CanvasRenderingContext2D, size: Vec3): void {
    const t = theme();
    const [x, y] = this.projection.at(size[0] / 2, size[1] / 2, 0);
    g.font = '650 22px Inter, system-ui, sans-serif';
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    this.label(g, 'No data', x, y, t.text!);
  }

  private describe(record: SensingRecord | null): void {
    let text = 'Map of the room. No data.';
    let caption = '';
    if (record) {
      const n = record.persons.length;
      text = `Map of the room with ${n} ${n === 1 ? 'person' : 'people'} shown.`;
      if (n === 0 && record.persons_reason !== 'none' && record.persons_reason !== 'nobody') {
        caption = isWithheld(record.persons_reason) ? 'Positions are withheld by the privacy class' : `No positions: ${reasonTitle(record.persons_reason).toLowerCase()}`;
        text += ` ${reasonText(record.persons_reason)}`;
      }
      const posed = record.persons.find(p => p.keypoints.length > 0);
      if (posed) {
        caption = `Skeletons: a model trained on ${posed.keypoints_trained_on ?? 'unknown data'}, unproven on real people`;
        text += ` ${caption}.`;
      }
    }
    toggle(this.canvas, 'aria-label', text);
    toggle(this.legend, 'data-caption', caption);
  }
}
