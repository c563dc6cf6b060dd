// SPDX-License-Identifier: MIT
// Colours of the theme for canvases, and perceptual maps for quantities.

export interface Theme {
  dark: boolean;
  [name: string]: string | boolean;
}

let cached: Theme | null = null;

export function theme(): Theme & {[name: string]: string} {
  if (!cached) {
    const style = getComputedStyle(document.documentElement);
    const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    cached = {dark: document.documentElement.dataset.theme !== 'light'};
    for (const name of ['bg', 'panel', 'raised', 'line', 'grid', 'text', 'soft', 'faint', 'accent', 'link', 'warm', 'amber', 'red', 'violet', 'floor', 'wall']) {
      cached[name] = read(name);
    }
  }
  return cached as Theme & {[name: string]: string};
}

export function forgetTheme(): void {
  cached = null;
}

/** `colour` (#rrggbb) with an alpha */
export function alpha(colour: string, a: number): string {
  const n = parseInt(colour.slice(1), 16);
  return `rgba(${n >> 16},${(n >> 8) & 255},${n & 255},${a})`;
}

type Stop = [number, number, number];

function ramp(stops: Stop[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const x = (i / 255) * (stops.length - 1);
    const k = Math.min(stops.length - 2, Math.floor(x));
    for (let c = 0; c < 3; c++) table[3 * i + c] = stops[k]![c]! + (stops[k + 1]![c]! - stops[k]![c]!) * (x - k);
  }
  return table;
}

/** Dark to light: ink, teal, mint, cream. For the waterfall */
export const deep = ramp([[8, 14, 20], [16, 42, 67], [18, 88, 106], [36, 140, 124], [98, 194, 130], [190, 230, 150], [252, 250, 214]]);
/** The same for a light page: paper to ink */
export const paper = ramp([[250, 249, 245], [216, 233, 224], [150, 206, 190], [72, 163, 156], [28, 112, 128], [22, 66, 98], [14, 28, 52]]);
/** Heat over the floor: amber to rose */
export const heat = ramp([[255, 196, 92], [255, 150, 84], [246, 98, 98], [226, 62, 120]]);
/** Less and more than the mean: blue, nothing, amber */
export const signedDark = ramp([[150, 214, 255], [58, 134, 220], [24, 60, 104], [15, 22, 28], [104, 62, 22], [224, 138, 52], [255, 226, 158]]);
export const signedLight = ramp([[12, 58, 120], [60, 132, 202], [176, 212, 238], [252, 251, 247], [250, 214, 160], [222, 134, 40], [128, 60, 0]]);
