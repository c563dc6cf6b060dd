// SPDX-License-Identifier: MIT
#include "sim/radio.h"

#include <ruview/capture/adr018.h>

#include <string.h>

static bool
is_active(const int tone, const bool legacy)
{
    const int most = legacy ? 26 : 28;
    return tone != 0 && tone >= -most && tone <= most;
}

static bool
is_dead(const rv_sim_radio *const radio, const int tone)
{
    for (int i = 0; i < radio->n_dead; ++i) {
        if (radio->dead[i] == tone) {
            return true;
        }
    }
    return false;
}

void
rv_radio_tones_of(const rv_sim_radio *const radio, rv_radio_tones out[2])
{
    for (int field = 0; field < 2; ++field) {
        rv_radio_tones *const t = &out[field];
        t->n                    = 0;
        for (int e = 0; e < 64; ++e) {
            const int tone = e < 32 ? e : e - 64;
            if (is_active(tone, field == 0) && !is_dead(radio, tone)) {
                t->entry[t->n++] = (uint8_t)e;
            }
        }
    }
}

static float
mean_power(const float *const re, const float *const im)
{
    float sum = 0.0F;
    for (int tone = -28; tone <= 28; ++tone) {
        if (tone != 0) {
            sum += re[tone + 32] * re[tone + 32] + im[tone + 32] * im[tone + 32];
        }
    }
    return sum / 56.0F;
}

/// Noise of one training field per real part, in units of the channel gain
static float
noise_sigma(const rv_sim_radio *const radio, const float power)
{
    if (!radio->noise) {
        return 0.0F;
    }
    const float thermal_db = RV_SIM_THERMAL_TONE_DBM + radio->noise_figure_db -
                             (radio->tx_dbm - RV_SIM_TONE_SHARE_DB);
    const float both =
        rv_sim_from_db(thermal_db) + power * rv_sim_from_db(radio->evm_db);
    return __builtin_sqrtf(0.5F * both * rv_sim_from_db(-RV_SIM_TRAINING_GAIN_DB));
}

void
rv_radio_level_of(const rv_sim_radio *const radio, const float *const re,
                  const float *const im, rv_radio_level *const out)
{
    const float power = mean_power(re, im) + 1e-20F;
    out->sigma        = noise_sigma(radio, power);
    out->power_db     = rv_sim_to_db(power);
    out->wanted_db    = 2.0F * rv_sim_to_db(radio->agc_target) - out->power_db;
}

/// Gain in whole steps, kept until the level is a step and a half off
static float
agc_gain(rv_radio_agc *const agc, const rv_sim_radio *const radio, const float wanted,
         rv_random *const random)
{
    const float step = radio->agc_step_db;
    const float off  = wanted - agc->gain_db;
    if (!agc->locked || (step > 0.0F && (off > 1.5F * step || off < -1.5F * step))) {
        agc->gain_db =
            step > 0.0F ? step * (float)rv_sim_floor((double)(wanted / step)) : wanted;
        agc->locked = true;
    }
    const float chance = rv_random_uniform_f32(random);
    const float toggled =
        step > 0.0F && chance < radio->agc_toggle
            ? agc->gain_db + (chance < 0.5F * radio->agc_toggle ? step : -step)
            : agc->gain_db;
    return __builtin_sqrtf(rv_sim_from_db(toggled));
}

enum { entries = 64, parts = 2 * entries }; ///< Real and imaginary parts of a field

/// Rounded to eight bits, halves up; counts those that do not fit
static uint32_t
quantise(const float *restrict const x, int8_t *restrict const out)
{
    int32_t clipped = 0;
    for (int i = 0; i < parts; ++i) {
        clipped += (x[i] >= 127.5F) + (x[i] < -128.5F);
    }
    for (int i = 0; i < parts; ++i) {
        const float held = x[i] > 127.0F ? 127.0F : x[i] < -128.0F ? -128.0F : x[i];
        out[i]           = (int8_t)((int32_t)((double)held + 128.5) - 128);
    }
    return (uint32_t)clipped;
}

/// One training field into 64 entries in FFT order, imaginary parts first
static void
write_field(const rv_radio_tones *const tones, rv_random *const random,
            const float *const re, const float *const im, const float gain,
            const float sigma, rv_radio_report *const out, int8_t *const iq)
{
    float noise[RV_SIM_NORMALS], x[parts] = {0};
    if (sigma > 0.0F) {
        rv_sim_normal_row(random, noise, 2 * tones->n);
    }
    for (int k = 0; k < tones->n; ++k) {
        const int e    = tones->entry[k];
        const int tone = e ^ 32; // as tone + 32
        float     r    = re[tone];
        float     i    = im[tone];
        if (sigma > 0.0F) {
            r += sigma * noise[2 * k];
            i += sigma * noise[2 * k + 1];
        }
        x[2 * e]     = gain * i;
        x[2 * e + 1] = gain * r;
    }
    out->clipped += quantise(x, iq);
}

/// A turn common to all tones, and the delay of sampling
static void
turn_tones(const float common, const float sto_turns, float *restrict const re,
           float *restrict const im)
{
    double turns[RV_CHANNEL_TONES];
    float  wr[RV_CHANNEL_TONES], wi[RV_CHANNEL_TONES];
    for (int k = 0; k < RV_CHANNEL_TONES; ++k) {
        turns[k] = (double)common - (double)sto_turns * (double)(k - 32);
    }
    rv_sim_turn_row(turns, wr, wi, RV_CHANNEL_TONES);
    for (int k = 0; k < RV_CHANNEL_TONES; ++k) {
        const float r = re[k] * wr[k] - im[k] * wi[k];
        im[k]         = re[k] * wi[k] + im[k] * wr[k];
        re[k]         = r;
    }
}

void
rv_radio_measure(rv_radio_agc *const agc, const rv_sim_radio *const radio,
                 const rv_radio_tones tones[2], const rv_radio_level *const level,
                 rv_random *const random, float *const re, float *const im,
                 rv_radio_report *const out)
{
    const float sigma = level->sigma;
    const float gain  = agc_gain(agc, radio, level->wanted_db, random);
    const float sto_turns =
        radio->sto_ns > 0.0F
            ? radio->sto_ns * 1e-9F * (float)RV_SIM_SPACING_HZ * rv_sim_normal(random)
            : 0.0F;
    const float common = radio->common_phase ? rv_random_uniform_f32(random) : 0.0F;
    if (radio->sto_ns > 0.0F || radio->common_phase) {
        turn_tones(common, sto_turns, re, im);
    }
    out->clipped = 0;
    write_field(&tones[0], random, re, im, gain, sigma, out, out->iq);
    if (radio->n_entries > 64) {
        write_field(&tones[1], random, re, im, gain, sigma, out, out->iq + 128);
    }
    const float rssi = radio->tx_dbm + level->power_db;
    out->rssi_dbm =
        (int8_t)(int)rv_sim_floor((double)rv_sim_clamp(rssi, -127.0F, 0.0F) + 0.5);
    const float floor_dbm =
        RV_SIM_THERMAL_TONE_DBM + RV_SIM_TONE_SHARE_DB + radio->noise_figure_db;
    out->noise_dbm = (int8_t)(int)rv_sim_floor((double)floor_dbm + 0.5);
}

uint16_t
rv_radio_encode_csi(const rv_radio_header *const h, const rv_radio_report *const report,
                    uint8_t *const out)
{
    uint8_t iq[sizeof report->iq];
    memcpy(iq, report->iq, sizeof iq);
    rv_packet packet = {.kind = RV_PACKET_CSI, .node = h->node};
    packet.as.csi    = (rv_packet_csi){.n_antennas = 1,
                                       .n_tones    = h->n_entries,
                                       .freq_mhz   = h->freq_mhz,
                                       .sequence   = h->sequence,
                                       .rssi_dbm   = report->rssi_dbm,
                                       .noise_dbm  = report->noise_dbm,
                                       .flags   = RV_CSI_FLAG_SYNCED | RV_CSI_FLAG_TRAILER,
                                       .iq      = iq,
                                       .has_tx  = true,
                                       .tx_hash = h->tx_hash,
                                       .simulated = true};
    size_t n         = 0;
    return rv_adr018_encode(&packet, out, RV_SIM_MAX_BYTES, &n) == RV_OK ? (uint16_t)n
                                                                         : 0;
}

uint16_t
rv_radio_encode_sync(const uint8_t node, const bool leader, const uint64_t local_us,
                     const uint64_t epoch_us, const uint32_t sequence,
                     uint8_t *const out)
{
    rv_packet packet = {.kind = RV_PACKET_SYNC, .node = node};
    packet.as.sync   = (rv_packet_sync){.flags    = (uint8_t)((leader ? 1 : 4) | 2),
                                        .local_us = local_us,
                                        .epoch_us = epoch_us,
                                        .sequence = sequence};
    size_t n         = 0;
    return rv_adr018_encode(&packet, out, RV_SIM_MAX_BYTES, &n) == RV_OK ? (uint16_t)n
                                                                         : 0;
}
