// SPDX-License-Identifier: MIT
// The engine in a browser or under Node. A classic script, so that a page on a disk can use
// it: globalThis.Ruview.
//
//   const engine = await Ruview.load();                  // simd where the machine has it
//   const run = engine.run(bytes, {mode: 'private_home'}, record => …);
//   run.done, run.status, run.witness, run.accepted, run.refused
//   for (const _ of engine.steps(bytes, site, onRecord)) await nextFrame();  // in pieces
'use strict';

(function (scope) {
  const END = -13;
  const TEXT = {
    '-2': 'this configuration needs more memory than the module has',
    '-7': 'no known capture format', '-12': 'the file is empty', '-17': 'reading failed',
  };
  const MODES = ['raw_research', 'private_home', 'enterprise_anonymous', 'care_with_consent', 'strict_no_identity'];
  // A module with one v128 instruction: valid where vectors are known
  const PROBE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11]);
  const hasSimd = () => WebAssembly.validate(PROBE);

  const fromBase64 = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));

  class Engine {
    constructor(instance, kind) {
      this.wasm = instance.exports;
      this.kind = kind;
      this.memoryBytes = this.wasm.memory.buffer.byteLength;
    }

    // `bytes` of a capture; `site` {mode, room: [e,n,u], nodes: [{id, position}], transmitters: [{id, position}]}
    * steps(bytes, site, onRecord, raw = false) {
      const {wasm} = this;
      const decoder = new TextDecoder();
      const state = {done: false, status: 0, witness: '', accepted: 0, refused: 0, cycles: 0, at: 0};
      Engine.current = {
        read: (into, n) => {
          const part = bytes.subarray(state.at, state.at + n);
          new Uint8Array(wasm.memory.buffer).set(part, into);
          state.at += part.length;
          return part.length;
        },
        cycle: (json, n, witness) => {
          const memory = new Uint8Array(wasm.memory.buffer);
          const text = decoder.decode(memory.subarray(json, json + n));
          state.witness = Array.from(memory.subarray(witness, witness + 32), b => b.toString(16).padStart(2, '0')).join('');
          state.cycles += 1;
          onRecord(raw ? text : JSON.parse(text));
        },
      };
      const check = status => {
        if (status < 0) throw new Error(TEXT[status] ?? `status ${status}`);
      };
      check(wasm.begin());
      check(wasm.mode(MODES.indexOf(site.mode ?? 'private_home')));
      if (site.room) check(wasm.room(...site.room));
      for (const n of site.nodes ?? []) check(wasm.node(n.id, ...n.position));
      for (const t of site.transmitters ?? []) {
        const id = BigInt(`0x${t.id}`);
        check(wasm.transmitter(Number(id >> 32n), Number(id & 0xffffffffn), ...t.position));
      }
      state.need = wasm.need();
      check(state.need);
      check(wasm.open());
      while (!state.done) {
        const status = wasm.step(200);
        state.done = status === END;
        state.accepted = wasm.accepted() >>> 0;
        state.refused = wasm.refused() >>> 0;
        if (status !== 0 && !state.done) check(status);
        yield state;
      }
      if (wasm.memory.buffer.byteLength !== this.memoryBytes) throw new Error('memory has grown');
      return state;
    }

    run(bytes, site, onRecord, raw = false) {
      let last;
      for (last of this.steps(bytes, site, onRecord, raw));
      return last;
    }
  }

  async function load(kind = hasSimd() ? 'simd' : 'scalar', module = undefined) {
    const code = module ?? fromBase64(scope.RUVIEW_MODULES[kind]);
    const {instance} = await WebAssembly.instantiate(code, {
      ruview: {
        read: (into, n) => Engine.current.read(into, n),
        cycle: (json, n, witness) => Engine.current.cycle(json, n, witness),
      },
    });
    return new Engine(instance, kind);
  }

  // The configuration that a recording of ours carries: places of nodes and transmitters.
  // Of its YAML only what has a place is read.
  function siteOf(bytes) {
    const head = new TextDecoder('latin1').decode(bytes.subarray(0, 65536));
    const at = head.indexOf('ruview.config\n');
    if (at < 0) return {};
    const text = head.slice(at).split('\0', 1)[0];
    const numbers = list => list.split(',').map(Number);
    const part = (from, to) => {
      const a = text.indexOf(`\n${from}:`);
      const rest = a < 0 ? '' : text.slice(a + from.length + 2);
      const end = to.map(t => rest.indexOf(`\n${t}:`)).filter(n => n >= 0);
      return end.length ? rest.slice(0, Math.min(...end)) : rest;
    };
    const others = ['room', 'nodes', 'transmitters', 'zones', 'privacy', 'server', 'mqtt', 'history'];
    const placed = name => [...part(name, others).matchAll(/id:\s*"?([0-9a-fA-F]+)"?[^[]*?position:\s*\[([^\]]+)\]/g)]
      .map(m => ({id: m[1], position: numbers(m[2])}));
    const size = /size:\s*\[([^\]]+)\]/.exec(part('room', others));
    const mode = /mode:\s*([a-z_]+)/.exec(text);
    return {
      mode: mode && MODES.includes(mode[1]) ? mode[1] : 'private_home',
      room: size ? numbers(size[1]) : undefined,
      nodes: placed('nodes').map(n => ({id: Number(n.id), position: n.position})),
      transmitters: placed('transmitters'),
    };
  }

  scope.Ruview = {load, hasSimd, siteOf, MODES};
})(globalThis);
