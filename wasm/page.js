// SPDX-License-Identifier: MIT
'use strict';

const by = id => document.getElementById(id);
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const pen = canvas => {
  const c = canvas.getContext('2d');
  c.clearRect(0, 0, canvas.width, canvas.height);
  return c;
};
const say = (text, bad = false) => {
  by('state').textContent = text;
  by('state').className = bad ? 'bad' : '';
};
const answer = a => (a.value === null ? `unknown (${a.reason.replaceAll('_', ' ')})` : a.value ? 'yes' : 'no');
const number = (e, unit) => (e.value === null ? `unknown (${e.reason.replaceAll('_', ' ')})` : `${e.value.toFixed(1)}${e.sigma === null ? '' : ` ± ${e.sigma.toFixed(1)}`}${unit}`);

let past = [];

function drawTime() {
  const canvas = by('time'), c = pen(canvas);
  const {width: w, height: h} = canvas, step = w / Math.max(past.length, 200);
  past.forEach((p, i) => {
    c.fillStyle = p.presence === true ? css('--mark') : p.presence === false ? css('--line') : 'transparent';
    c.fillRect(i * step, h - 18, step + 1, 18);
  });
  c.strokeStyle = css('--ink');
  c.lineWidth = 2;
  c.beginPath();
  let down = false;
  past.forEach((p, i) => {
    if (p.motion === null) { down = false; return; } // unknown is a gap
    const y = (h - 26) * (1 - Math.min(p.motion, 1)) + 4;
    if (down) c.lineTo(i * step, y); else c.moveTo(i * step, y);
    down = true;
  });
  c.stroke();
}

function drawRoom(record, site) {
  const canvas = by('room'), c = pen(canvas);
  const size = site.room ?? [6, 5, 2.5];
  const scale = Math.min((canvas.width - 40) / size[0], (canvas.height - 40) / size[1]);
  const at = p => [20 + p[0] * scale, canvas.height - 20 - p[1] * scale];
  const {map} = record;
  if (map.nx > 0 && map.change_db.length) {
    for (let y = 0; y < map.ny; ++y) for (let x = 0; x < map.nx; ++x) {
      let most = 0;
      for (let z = 0; z < map.nz; ++z) most = Math.max(most, map.change_db[(z * map.ny + y) * map.nx + x] ?? 0);
      const [left, bottom] = at([map.origin_m[0] + (x - 0.5) * map.step_m[0], map.origin_m[1] + (y - 0.5) * map.step_m[1]]);
      c.globalAlpha = Math.min(most / 6, 0.8);
      c.fillStyle = css('--mark');
      c.fillRect(left, bottom - map.step_m[1] * scale, map.step_m[0] * scale, map.step_m[1] * scale);
    }
    c.globalAlpha = 1;
  }
  c.strokeStyle = css('--soft');
  c.lineWidth = 2;
  c.strokeRect(20, canvas.height - 20 - size[1] * scale, size[0] * scale, size[1] * scale);
  c.fillStyle = css('--soft');
  c.font = '22px system-ui';
  for (const n of site.nodes ?? []) {
    const [x, y] = at(n.position);
    c.fillRect(x - 6, y - 6, 12, 12);
    c.fillText(n.id, x + 10, y - 8);
  }
  c.strokeStyle = css('--warn');
  c.lineWidth = 4;
  for (const p of record.persons) {
    c.beginPath();
    c.arc(...at(p.position), 14, 0, 2 * Math.PI);
    c.stroke();
  }
  if (!site.room) {
    c.fillText('The recording does not say where its nodes are.', 40, 60);
  }
}

function drawTaps(record) {
  const canvas = by('taps'), c = pen(canvas), n = record.links.length;
  c.font = '20px system-ui';
  record.links.forEach((link, i) => {
    const left = i * canvas.width / Math.max(n, 1), width = canvas.width / Math.max(n, 1) - 8;
    c.fillStyle = css('--soft');
    c.fillText(`${link.node_id}`, left + 2, 22);
    c.fillStyle = css('--mark');
    link.cir.delay_ns.forEach((delay, k) => {
      const tall = (canvas.height - 40) * Math.max(1 + link.cir.power_db[k] / 40, 0.02); // 40 dB high
      c.fillRect(left + width * Math.min(Math.max(0.2 + delay / 1000, 0), 1), canvas.height - 10 - tall, 4, tall);
    });
  });
}

function show(record, site) {
  by('now').textContent = `${record.synthetic ? 'Simulated. ' : ''}Somebody there: ${answer(record.presence)}. Moving: ${answer(record.moving)}. ` +
    `People: ${number(record.occupancy, '')}. Breathing: ${number(record.breathing_bpm, ' per minute')}. Gate: ${record.gate}.`;
  by('witness').textContent = record.witness;
  drawTime();
  drawRoom(record, site);
  drawTaps(record);
}

async function take(file) {
  past = [];
  say(`Reading ${file.name} …`);
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const engine = await Ruview.load();
    const site = Ruview.siteOf(bytes);
    by('engine').textContent = `Engine: ${engine.kind}, ${engine.memoryBytes >> 20} MiB of memory, fixed.`;
    let record = null, state = null, shown = 0;
    for (state of engine.steps(bytes, site, r => {
      record = r;
      past.push({motion: r.motion.value, presence: r.presence.value});
    })) {
      if (record && performance.now() - shown > 40) {
        show(record, site);
        say(`${state.cycles} cycles, ${state.accepted} frames …`);
        await new Promise(requestAnimationFrame);
        shown = performance.now();
      }
    }
    if (record) show(record, site);
    say(record ? `${file.name}: ${state.cycles} cycles, ${state.accepted} frames accepted, ${state.refused} refused.`
      : `${file.name}: no cycle came of it.`, !record);
    document.body.dataset.done = String(state.cycles);
  } catch (error) {
    say(`${file.name}: ${error.message}`, true);
    document.body.dataset.done = 'error';
  }
}

by('file').addEventListener('change', event => event.target.files[0] && take(event.target.files[0]));
for (const name of ['dragover', 'dragleave', 'drop']) {
  by('drop').addEventListener(name, event => {
    event.preventDefault();
    by('drop').classList.toggle('over', name === 'dragover');
    if (name === 'drop' && event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
}
by('drop').addEventListener('keydown', event => event.key === 'Enter' && by('file').click());
