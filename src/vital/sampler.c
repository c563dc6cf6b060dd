// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/tones.h"

#include <ruview/math/elementary.h>
#include <ruview/vital/sampler.h>

#include <string.h>

void
rv_sampler_init(rv_sampler *const self)
{
    memset(self, 0, sizeof *self);
    self->reason = RV_REASON_NO_DATA;
}

static void
start_anew(rv_sampler *const self, const uint64_t slot, const rv_reason reason)
{
    self->since  = slot;
    self->reason = reason;
}

static void
clear_slot(rv_sampler *const self, const uint64_t slot)
{
    const uint32_t i = (uint32_t)(slot % RV_SAMPLER_SLOTS);
    self->n[i]       = 0;
    memset(self->sum[i], 0, sizeof self->sum[i]);
}

/// Go on to the slot of a frame
static void
advance(rv_sampler *const self, const uint64_t slot)
{
    if (!self->begun || slot - self->slot >= RV_SAMPLER_SLOTS) {
        clear_slot(self, slot);
    } else {
        for (uint64_t s = self->slot + 1; s <= slot; ++s) {
            clear_slot(self, s);
        }
    }
    self->slot  = slot;
    self->begun = true;
    if (slot - self->since >= RV_SAMPLER_SLOTS) {
        self->since = slot + 1 - RV_SAMPLER_SLOTS;
    }
}

static bool
take_shape(rv_sampler *const self, rv_tones *const tones, const rv_csi *const csi)
{
    if (rv_tones_fit(tones, csi)) {
        return false;
    }
    *tones              = rv_tones_for(csi);
    self->shape_tones   = tones->n_in;
    self->shape_streams = tones->n_streams;
    self->stride        = tones->stride;
    self->n_tones       = tones->n;
    self->n_bands       = tones->n < RV_SAMPLER_BANDS ? tones->n : RV_SAMPLER_BANDS;
    return true;
}

void
rv_sampler_push(rv_sampler *const self, const rv_csi *const csi, const bool moving)
{
    rv_tones tones = {self->shape_tones, self->shape_streams, self->stride,
                      self->n_tones};
    float    x[RV_VITAL_TONES];
    if (csi->n_tones == 0 || csi->n_streams == 0 || csi->t_us <= self->last_us) {
        return;
    }
    const bool     fresh  = take_shape(self, &tones, csi);
    const uint64_t slot   = csi->t_us / RV_SAMPLER_SLOT_US;
    const uint64_t gap_us = csi->t_us - self->last_us;
    if (!rv_tones_take(&tones, csi, x)) {
        return;
    }
    self->last_us = csi->t_us;
    if (!self->begun || fresh || gap_us > RV_SAMPLER_GAP_US) {
        self->begun = false;
        start_anew(self, slot, RV_REASON_WARMING_UP);
    }
    if (!self->begun || slot != self->slot) {
        advance(self, slot);
    }
    if (moving) {
        start_anew(self, slot + 1, RV_REASON_MOVING);
        return;
    }
    const uint32_t i = (uint32_t)(slot % RV_SAMPLER_SLOTS);
    for (uint16_t k = 0; k < self->n_tones; ++k) {
        self->sum[i][(uint32_t)k * self->n_bands / self->n_tones] += x[k];
    }
    self->n[i] = (uint16_t)(self->n[i] + (self->n[i] < UINT16_MAX));
}

void
rv_sampler_interrupt(rv_sampler *const self)
{
    if (self->begun) {
        start_anew(self, self->slot + 1, RV_REASON_MOVING);
    }
}

float
rv_sampler_gain(const float step_s, const float hz)
{
    const float    slot_s = 1e-6F * RV_SAMPLER_SLOT_US;
    const uint32_t step   = (uint32_t)rv_to_i32(step_s / slot_s + 0.5F);
    const float    x      = 3.14159265F * hz * slot_s;
    const float    sine   = rv_sin_f32(x);
    if (step <= 1 || !(sine > 1e-3F)) {
        return 1.0F;
    }
    // the weights are a mean over `step` slots of means over one more
    const float n = (float)step;
    return rv_sin_f32(n * x) * rv_sin_f32((n + 1.0F) * x) /
           (n * (n + 1.0F) * sine * sine);
}

/// One sample; false: no frame in it
static bool
gather(const rv_sampler *const self, const uint64_t from, const uint32_t step,
       float *const x)
{
    // Weights that rise for `step` slots and fall again: what lies at or near a
    // multiple of the samples' own rate does not come down to the rates of breath as a
    // plain mean lets it (zeros at 1 / step and 1 / (step + 1) of the slots' rate)
    const uint32_t width = step > 1 ? 2 * step : 1;
    uint32_t       n = 0, weight = 0;
    float          sum[RV_SAMPLER_BANDS] = {0};
    for (uint32_t k = 0; k < width; ++k) {
        const uint32_t i = (uint32_t)((from + k) % RV_SAMPLER_SLOTS);
        const uint32_t w = k < step ? k + 1 : width - k;
        for (int b = 0; b < RV_SAMPLER_BANDS; ++b) {
            sum[b] += (float)w * self->sum[i][b];
        }
        weight += w * self->n[i];
        n += self->n[i];
    }
    for (int b = 0; b < RV_SAMPLER_BANDS && n > 0; ++b) {
        x[b] = sum[b] / (float)weight;
    }
    return n > 0;
}

uint32_t
rv_sampler_read(const rv_sampler *const self, const uint64_t end, const uint32_t step,
                const uint32_t  most, float (*const x)[RV_SAMPLER_BANDS],
                uint32_t *const empty)
{
    *empty              = 0;
    const uint32_t more = step > 1 ? step : 0; // of the first sample
    if (!self->begun || end > self->slot || end < self->since + step + more) {
        return 0;
    }
    const uint64_t fit  = (end - self->since - more) / step;
    const uint32_t n    = fit < most ? (uint32_t)fit : most;
    uint64_t       from = end - (uint64_t)n * step - more;
    uint32_t       out  = 0;
    if (self->slot - from >= RV_SAMPLER_SLOTS) {
        return 0;
    }
    for (uint32_t i = 0; i < n; ++i, from += step) {
        if (gather(self, from, step, x[out])) {
            ++out;
        } else if (out > 0) {
            memcpy(x[out], x[out - 1], sizeof x[out]);
            ++out;
            ++*empty;
        }
    }
    return out;
}

rv_reason
rv_sampler_reason(const rv_sampler *const self, const uint64_t t_us)
{
    if (self->last_us == 0 ||
        (t_us > self->last_us && t_us - self->last_us > 2000000U)) {
        return RV_REASON_NO_DATA;
    }
    return self->since > self->slot ? self->reason : RV_REASON_NONE;
}
