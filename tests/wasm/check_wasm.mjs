// SPDX-License-Identifier: MIT
// node check_wasm.mjs OFFLINE WORK EDGE-NATIVE
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import process from 'node:process';
import '../../wasm/ruview.js';

const [offline, work, native] = process.argv.slice(2);
const capture = new Uint8Array(readFileSync(join(work, 'hall.pcapng')));
const program = readFileSync(join(work, 'native.json'), 'utf8');
const {Ruview} = globalThis;

// Sections of a module: bytes of code and of data, and the memory's limits
function sections(bytes) {
  const found = {};
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0, byte = 128; byte & 128; shift += 7) {
      byte = bytes[at++];
      value |= (byte & 127) << shift;
    }
    return value >>> 0;
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = number();
    const start = at;
    if (id === 5) {
      assert.equal(number(), 1);
      assert.equal(number(), 1, 'the memory has no upper limit');
      found.pages = [number(), number()];
    }
    found[id] = size;
    at = start + size;
  }
  return {code: found[10], data: found[11], pages: found.pages};
}

// ---- the browser's engine, both builds: the program's records, in a memory that stays
for (const kind of ['scalar', 'simd']) {
  const bytes = readFileSync(join(offline, `ruview-${kind}.wasm`));
  const {code, data, pages} = sections(bytes);
  assert.equal(pages[0], pages[1], 'the memory may grow');
  const engine = await Ruview.load(kind, bytes);
  for (let turn = 0; turn < 2; ++turn) { // begins anew
    const lines = [];
    const run = engine.run(capture, {}, text => lines.push(text), true);
    assert.equal(lines.join('\n') + '\n', program, `${kind}: other records than the program's`);
    assert.equal(run.refused, 0);
  }
  assert.throws(() => engine.wasm.memory.grow(1));
  assert.equal(engine.wasm.memory.buffer.byteLength, pages[0] * 65536);
  // with the places that the recording carries there is a map
  const site = Ruview.siteOf(capture);
  assert.equal(site.nodes.length, 4);
  let last;
  const run = engine.run(capture, site, record => { last = record; });
  assert.ok(last.map.nx > 0 && last.synthetic && last.witness === run.witness);
  assert.throws(() => engine.run(new Uint8Array(100), {}, () => {}), /no known capture/);
  console.log(`wasm ${kind}: ${bytes.length} bytes (code ${code}, data ${data}), memory ${pages[0] * 64} KiB fixed, ` +
    `engine ${run.need} bytes, ${run.cycles} cycles, the program's records`);
}

// ---- the edge: no imports at all, small, the native answers
const edge = readFileSync(join(offline, 'ruview-edge.wasm'));
const module = await WebAssembly.compile(edge);
assert.deepEqual(WebAssembly.Module.imports(module), []);
const {exports} = await WebAssembly.instantiate(module);
const {code, data, pages} = sections(edge);
const total = pages[1] * 65536;
assert.ok(code + data <= 128 * 1024, `${code + data} bytes of code and constants`);
assert.ok(total <= 256 * 1024, `${total} bytes of memory`);
assert.equal(pages[0], pages[1]);

const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
const parts = [];
const answers = [];
let first;
assert.equal(exports.open(), 0);
for (let at = 0; at < capture.length; at += view.getUint32(at + 4, true)) {
  if (view.getUint32(at, true) !== 6) continue; // enhanced packets
  const t = view.getUint32(at + 12, true) * 4294967296 + view.getUint32(at + 16, true);
  const n = view.getUint32(at + 20, true);
  const packet = capture.subarray(at + 28, at + 28 + n);
  const payload = packet.subarray((packet[0] >> 4 === 4 ? 4 * (packet[0] & 15) : 40) + 8);
  first ??= t;
  const ms = Math.floor((t - first) / 1000);
  const head = new DataView(new ArrayBuffer(6));
  head.setUint32(0, ms, true);
  head.setUint16(4, payload.length, true);
  parts.push(new Uint8Array(head.buffer), payload);
  new Uint8Array(exports.memory.buffer).set(payload, exports.input());
  const m = exports.push(payload.length, ms);
  answers.push(Buffer.from(exports.memory.buffer, exports.output(), m).toString('hex'));
}
const run = spawnSync(native, {input: Buffer.concat(parts), encoding: 'utf8', maxBuffer: 1 << 28});
assert.equal(run.status, 0);
assert.equal(answers.join('\n') + '\n', run.stdout, 'edge: other answers than the native build');
const some = answers.filter(a => a.length > 0);
assert.ok(some.length > 0.95 * answers.length && new Set(some).size > some.length / 2);
const cir = exports.cir_bytes();
assert.ok(cir > 0 && cir <= 130000, `${cir} bytes for the delay domain`);
console.log(`wasm edge: ${edge.length} bytes (code ${code}, data ${data}), memory ${total / 1024} KiB fixed, ` +
  `delay domain ${cir} bytes, ${some.length} answers, those of the native build (${run.stderr.trim()} bytes there)`);
