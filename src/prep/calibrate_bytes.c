// SPDX-License-Identifier: MIT
// Canonical bytes of a baseline: what is hashed, stored and exchanged. Little-endian.
//
//   u32 magic "RVB1"  u16 version  u16 tones  u16 streams  u16 layout
//   u64 transmitter   u32 MHz      u8 node    u8[3] zero
//   u64 session  u64 end of recording [us]  u64 duration [us]  u32 frames
//   u16 blocks  u16 clean blocks  f32 motion  f32 SNR [dB]  f32 null mean  f32 null sd
//   f32 [streams][tones] each: re, im, amplitude mean, amplitude sd, phase mean,
//   concentration, sigma
#include <ruview/base/bytes.h>
#include <ruview/math/blake3.h>
#include <ruview/math/elementary.h>
#include <ruview/prep/calibrate.h>

#include "base/exact.h"
#include "base/try.h"
#include "prep/calibrate_private.h"

enum { magic = 0x31425652, version = 1, head_bytes = 76, n_rows = 7 };

uint64_t
rv_calibrate_id64(const uint8_t id[RV_CALIBRATE_ID_BYTES])
{
    return rv_load_u64(id);
}

size_t
rv_calibrate_bytes(const rv_calibrate *const self)
{
    return head_bytes +
           sizeof(float) * n_rows * (size_t)self->cfg.n_tones * self->cfg.n_streams;
}

static void
rows_of(const rv_calibrate *const self, float *row[n_rows])
{
    row[0] = self->static_re;
    row[1] = self->static_im;
    row[2] = self->amp_mean;
    row[3] = self->amp_sd;
    row[4] = self->phase_mean;
    row[5] = self->kappa;
    row[6] = self->sigma;
}

rv_status
rv_calibrate_export(const rv_calibrate *const self, uint8_t *const out,
                    size_t *const n_bytes)
{
    if (self->verdict.state != RV_CALIBRATE_READY) {
        return RV_ERR_STATE;
    }
    const size_t needed = rv_calibrate_bytes(self);
    if (!out || *n_bytes < needed) {
        *n_bytes = needed;
        return out ? RV_ERR_FULL : RV_OK;
    }
    const rv_calibrate_verdict *const v = &self->verdict;
    const rv_calibrate_link *const    l = &self->cfg.link;
    rv_writer                         w = {.bytes = out, .size = needed};
    rv_write_u32(&w, magic);
    rv_write_u16(&w, version);
    rv_write_u16(&w, self->cfg.n_tones);
    rv_write_u16(&w, self->cfg.n_streams);
    rv_write_u16(&w, l->layout);
    rv_write_u64(&w, l->tx);
    rv_write_u32(&w, l->freq_mhz);
    rv_write_u8(&w, l->node);
    rv_write_bytes(&w, (const uint8_t[3]){0}, 3);
    rv_write_u64(&w, v->session);
    rv_write_u64(&w, v->captured_us);
    rv_write_u64(&w, v->duration_us);
    rv_write_u32(&w, v->frames);
    rv_write_u16(&w, v->blocks);
    rv_write_u16(&w, v->blocks_clean);
    rv_write_f32(&w, v->motion);
    rv_write_f32(&w, v->snr_db);
    rv_write_f32(&w, self->null_mean);
    rv_write_f32(&w, self->null_sd);
    float *row[n_rows];
    rows_of(self, row);
    const uint32_t n = (uint32_t)self->cfg.n_tones * self->cfg.n_streams;
    for (int r = 0; r < n_rows; ++r) {
        for (uint32_t i = 0; i < n; ++i) {
            rv_write_f32(&w, row[r][i]);
        }
    }
    *n_bytes = needed;
    return RV_OK;
}

// Everything before the rows; sets the verdict and the null
static rv_status
read_head(const rv_calibrate *const self, rv_reader *const r,
          rv_calibrate_verdict *const v, float null[2])
{
    if (rv_read_u32(r) != magic || rv_read_u16(r) != version) {
        return r->failed ? RV_ERR_TRUNCATED : RV_ERR_MAGIC;
    }
    const rv_calibrate_link *const l    = &self->cfg.link;
    bool                           same = rv_read_u16(r) == self->cfg.n_tones;
    same            = (rv_read_u16(r) == self->cfg.n_streams) && same;
    same            = (rv_read_u16(r) == l->layout) && same;
    same            = (rv_read_u64(r) == l->tx) && same;
    same            = (rv_read_u32(r) == l->freq_mhz) && same;
    same            = (rv_read_u8(r) == l->node) && same;
    bool valid      = rv_read_u8(r) == 0;
    valid           = (rv_read_u16(r) == 0) && valid;
    v->session      = rv_read_u64(r);
    v->captured_us  = rv_read_u64(r);
    v->duration_us  = rv_read_u64(r);
    v->frames       = rv_read_u32(r);
    v->blocks       = rv_read_u16(r);
    v->blocks_clean = rv_read_u16(r);
    v->motion       = rv_read_f32(r);
    v->snr_db       = rv_read_f32(r);
    null[0]         = rv_read_f32(r);
    null[1]         = rv_read_f32(r);
    if (r->failed) {
        return RV_ERR_TRUNCATED;
    }
    if (!same) {
        return RV_ERR_DIFFERENT;
    }
    if (!rv_is_finite_f32(v->motion) || !rv_is_finite_f32(v->snr_db) ||
        !rv_is_finite_f32(null[0]) || !rv_is_finite_f32(null[1])) {
        return RV_ERR_NONFINITE;
    }
    return valid && null[1] > 0.0F ? RV_OK : RV_ERR_VALUE;
}

rv_status
rv_calibrate_identify(const uint8_t *const bytes, const size_t n_bytes,
                      rv_calibrate_link *const link, uint16_t *const n_tones,
                      uint16_t *const n_streams)
{
    rv_reader r = {.bytes = bytes, .size = n_bytes};
    if (rv_read_u32(&r) != magic || rv_read_u16(&r) != version) {
        return r.failed ? RV_ERR_TRUNCATED : RV_ERR_MAGIC;
    }
    *n_tones       = rv_read_u16(&r);
    *n_streams     = rv_read_u16(&r);
    link->layout   = rv_read_u16(&r);
    link->tx       = rv_read_u64(&r);
    link->freq_mhz = rv_read_u32(&r);
    link->node     = rv_read_u8(&r);
    return r.failed ? RV_ERR_TRUNCATED : RV_OK;
}

// Spreads must be above zero, and every number finite
static rv_status
check_rows(const uint8_t *const bytes, const uint32_t n)
{
    for (uint32_t r = 0; r < n_rows; ++r) {
        for (uint32_t i = 0; i < n; ++i) {
            const float x = rv_load_f32(bytes + sizeof(float) * ((size_t)r * n + i));
            if (!rv_is_finite_f32(x)) {
                return RV_ERR_NONFINITE;
            }
            if ((r == 3 || r == 6) && !(x > 0.0F)) {
                return RV_ERR_VALUE;
            }
        }
    }
    return RV_OK;
}

rv_status
rv_calibrate_import(rv_calibrate *const self, const uint8_t *const bytes,
                    const size_t n_bytes)
{
    rv_reader            r = {.bytes = bytes, .size = n_bytes};
    rv_calibrate_verdict v = {.state = RV_CALIBRATE_READY, .progress = 1.0F};
    float                null[2];
    RV_TRY(read_head(self, &r, &v, null));
    const size_t needed = rv_calibrate_bytes(self);
    if (n_bytes != needed) {
        return n_bytes < needed ? RV_ERR_TRUNCATED : RV_ERR_TRAILING;
    }
    const uint32_t n = (uint32_t)self->cfg.n_tones * self->cfg.n_streams;
    RV_TRY(check_rows(bytes + r.at, n));
    float *row[n_rows];
    rows_of(self, row);
    for (int k = 0; k < n_rows; ++k) {
        for (uint32_t i = 0; i < n; ++i) {
            row[k][i] = rv_read_f32(&r);
        }
    }
    self->null_mean = null[0];
    self->null_sd   = null[1];
    rv_blake3_hash(bytes, n_bytes, v.id);
    v.id64        = rv_calibrate_id64(v.id);
    self->verdict = v;
    self->slow_us = v.captured_us;
    rv_calibrate_weigh(self);
    return RV_OK;
}
