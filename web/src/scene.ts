// SPDX-License-Identifier: MIT
// An orthographic view of the room. Orthographic, so that every floor drawing is one
// affine map and lengths can be compared anywhere in the picture.
import type {Vec3} from './schema';

export interface View {
  yaw: number; // radians, 0: north is up
  pitch: number; // radians, pi/2: plan from above
}

export class Projection {
  private cy = 1;
  private sy = 0;
  private cp = 1;
  private sp = 0;
  private scale = 1;
  private ox = 0;
  private oy = 0;

  /** Fit a box of `size` metres into a canvas of `width` × `height` pixels */
  fit(size: Vec3, view: View, width: number, height: number, margin: number): void {
    this.cy = Math.cos(view.yaw);
    this.sy = Math.sin(view.yaw);
    this.cp = Math.cos(view.pitch);
    this.sp = Math.sin(view.pitch);
    this.scale = 1;
    this.ox = 0;
    this.oy = 0;
    let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
    for (let i = 0; i < 8; i++) {
      const [x, y] = this.at(i & 1 ? size[0] : 0, i & 2 ? size[1] : 0, i & 4 ? Math.min(size[2], 1.9) : 0);
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y);
    }
    this.scale = Math.min((width - 2 * margin) / (x1 - x0), (height - 2 * margin) / (y1 - y0));
    this.ox = width / 2 - this.scale * (x0 + x1) / 2;
    this.oy = height / 2 - this.scale * (y0 + y1) / 2;
  }

  /** Room metres to pixels */
  at(x: number, y: number, z: number): [number, number] {
    const u = this.cy * x + this.sy * y;
    const v = -this.sy * x + this.cy * y;
    return [this.ox + this.scale * u, this.oy - this.scale * (v * this.sp + z * this.cp)];
  }

  /** Farther things have a larger depth */
  depth(x: number, y: number): number {
    return -this.sy * x + this.cy * y;
  }

  metres(length: number): number {
    return this.scale * length;
  }

  /** The affine map of the floor at height z, for CanvasRenderingContext2D.transform */
  floor(z: number): [number, number, number, number, number, number] {
    const [ox, oy] = this.at(0, 0, z);
    const [ax, ay] = this.at(1, 0, z);
    const [bx, by] = this.at(0, 1, z);
    return [ax - ox, ay - oy, bx - ox, by - oy, ox, oy];
  }
}
