// SPDX-License-Identifier: MIT
import {defineConfig} from 'vite';

export default defineConfig({
  base: '/',
  server: {proxy: {'/ws': {target: 'http://127.0.0.1:8080', ws: true}, '/api': 'http://127.0.0.1:8080'}},
  build: {
    target: 'es2021',
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or fonts
    modulePreload: {polyfill: false},
    reportCompressedSize: false,
  },
});
