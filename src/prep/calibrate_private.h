// SPDX-License-Identifier: MIT
// What the files of the calibration share: recording (calibrate.c), judging
// (calibrate_judge.c) and bytes (calibrate_bytes.c).
#ifndef RV_PREP_CALIBRATE_PRIVATE_H
#define RV_PREP_CALIBRATE_PRIVATE_H

#include <ruview/prep/calibrate.h>

/// Running sums of one block, [n_streams][K] each
enum {
    RV_CALIBRATE_RE,     ///< Mean
    RV_CALIBRATE_IM,     ///< Mean
    RV_CALIBRATE_REST,   ///< Sum of |x - mean|^2
    RV_CALIBRATE_AMP,    ///< Mean of |x|
    RV_CALIBRATE_AMP_M2, ///< Sum of (|x| - mean)^2
    RV_CALIBRATE_COS,    ///< Sum of the cosine of the phase
    RV_CALIBRATE_SIN,
    RV_CALIBRATE_FIELDS,
};

static inline float *
rv_calibrate_field(rv_calibrate *const self, const uint32_t block, const uint32_t field)
{
    const size_t n = (size_t)self->cfg.n_tones * self->cfg.n_streams;
    return self->sums + n * ((size_t)block * RV_CALIBRATE_FIELDS + field);
}

/// Add block `from` to block `into` (parallel form of Welford's sums, left to right)
void rv_calibrate_merge(rv_calibrate *self, uint32_t into, uint32_t from);

/// Full: merge neighbours two by two, so that 8 blocks of twice the length remain
void rv_calibrate_halve(rv_calibrate *self);

/// Bytes of a baseline of this shape
size_t rv_calibrate_bytes(const rv_calibrate *self);

/// First 8 bytes of an id, little-endian
uint64_t rv_calibrate_id64(const uint8_t id[RV_CALIBRATE_ID_BYTES]);

/// Weight per tone from sigma, after a finish or an import
void rv_calibrate_weigh(rv_calibrate *self);

#endif // RV_PREP_CALIBRATE_PRIVATE_H
