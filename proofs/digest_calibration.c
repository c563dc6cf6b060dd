// SPDX-License-Identifier: MIT
// An empty room on a seeded link of two streams: packets with their own gain, phase and
// delay are sanitised, recorded, judged, exported, taken back; then somebody walks and
// frames are compared with the baseline.
#include "proofs/proof.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>
#include <ruview/prep/calibrate.h>
#include <ruview/prep/sanitise.h>

#include <stdlib.h>
#include <string.h>

enum { n_tones = 56, n_streams = 2, n_samples = n_tones * n_streams, n_frames = 600 };

typedef struct {
    rv_proof    *proof;
    rv_sanitise  sanitise;
    rv_calibrate calibrate;
    void        *memory[2];
    rv_random    random;
    rv_csi       csi;
    int16_t      tone[n_tones];
    float        re[n_samples];
    float        im[n_samples];
} chain;

static rv_calibrate_config
calibrate_config(const rv_proof *const proof)
{
    rv_calibrate_config config = rv_calibrate_config_default(n_tones, n_streams);
    config.link.tx             = 0x020000000001U;
    config.link.freq_mhz       = 2437;
    config.link.node           = 3;
    config.min_us              = 5000000;
    config.cpu_mask            = proof->cpu_mask;
    return config;
}

static void
chain_open(chain *const self, rv_proof *const proof)
{
    memset(self, 0, sizeof *self);
    self->proof               = proof;
    rv_sanitise_config  s     = rv_sanitise_config_default(n_tones, n_streams);
    rv_calibrate_config c     = calibrate_config(proof);
    size_t              bytes = 0;
    s.cpu_mask                = proof->cpu_mask;
    rv_proof_must(rv_sanitise_size(&s, &bytes));
    self->memory[0] = rv_proof_memory(bytes);
    rv_proof_must(rv_sanitise_init(&self->sanitise, &s, self->memory[0], bytes));
    rv_proof_must(rv_calibrate_size(&c, &bytes));
    self->memory[1] = rv_proof_memory(bytes);
    rv_proof_must(rv_calibrate_init(&self->calibrate, &c, self->memory[1], bytes));
    rv_random_init(&self->random, 42, 0);
    for (int16_t k = 0; k < n_tones; ++k) {
        self->tone[k] = (int16_t)(k < n_tones / 2 ? k - 28 : k - 27);
    }
    const rv_csi csi = {.t_us       = 1000000,
                        .n_tones    = n_tones,
                        .n_streams  = n_streams,
                        .spacing_hz = 312500,
                        .tone       = self->tone,
                        .re         = self->re,
                        .im         = self->im};
    self->csi        = csi;
}

static void
chain_close(chain *const self)
{
    free(self->memory[0]);
    free(self->memory[1]);
}

typedef struct {
    double delay_ns, gain, turn;
} path;

/// One packet of the room, with a walker `body_ns` away when `body` > 0: offset, phase
/// and gain of its own, noise 30 dB down, mean power about one
static void
make_packet(chain *const self, const double body, const double body_ns)
{
    const path   room[] = {{20, 0.85, 0},
                           {33, 0.42, 1},
                           {61, 0.3, -2},
                           {104, 0.17, 0.4},
                           {body_ns, body, -33.0 * body_ns}};
    const double sto    = 60.0 * (rv_random_uniform_f64(&self->random) - 0.5);
    const double phase  = 7.0 * rv_random_normal_f64(&self->random);
    for (int stream = 0; stream < n_streams; ++stream) {
        for (int k = 0; k < n_tones; ++k) {
            double re = 0.022 * rv_random_normal_f64(&self->random);
            double im = 0.022 * rv_random_normal_f64(&self->random);
            for (size_t p = 0; p < sizeof room / sizeof *room; ++p) {
                const double delay = (room[p].delay_ns + sto) * 1e-9;
                const double angle = phase + room[p].turn * (1.0 + 0.7 * stream) -
                                     2.0 * RV_PI_F64 * self->tone[k] * 312500.0 * delay;
                double s;
                double c;
                rv_sincos_f64(angle, &s, &c);
                re += room[p].gain * c;
                im += room[p].gain * s;
            }
            self->re[stream * n_tones + k] = (float)re;
            self->im[stream * n_tones + k] = (float)im;
        }
    }
    self->csi.t_us += 10000;
    self->csi.gain_db   = (float)(rv_random_below(&self->random, 7));
    self->csi.sto_ns    = 0.0F;
    self->csi.phase_rad = 0.0F;
    self->csi.noise     = 0.0F;
}

static void
sanitise(chain *const self)
{
    rv_sanitise_result r;
    rv_proof_must(rv_sanitise_push(&self->sanitise, &self->csi, NULL, &r));
    const uint32_t counts[] = {(uint32_t)r.reason, r.replaced};
    const float    values[] = {r.structure,    r.match,          r.sto_sigma_ns,
                               r.phase_sigma,  self->csi.sto_ns, self->csi.phase_rad,
                               self->csi.noise};
    rv_proof_u32(self->proof, counts, sizeof counts / sizeof *counts);
    rv_proof_f32(self->proof, values, sizeof values / sizeof *values);
    rv_proof_f32(self->proof, self->re, n_samples);
    rv_proof_f32(self->proof, self->im, n_samples);
}

static void
put_verdict(rv_proof *const proof, const rv_calibrate_verdict *const v,
            const rv_reason refused)
{
    const uint32_t counts[] = {
        (uint32_t)v->state, (uint32_t)v->reason,      v->frames,        v->blocks,
        v->blocks_clean,    (uint32_t)v->duration_us, (uint32_t)refused};
    const float values[] = {v->progress, v->motion, v->snr_db};
    rv_proof_u32(proof, counts, sizeof counts / sizeof *counts);
    rv_proof_f32(proof, values, sizeof values / sizeof *values);
    rv_proof_bytes(proof, v->id, sizeof v->id);
}

/// The empty room, and with `body` > 0 a recording that must be refused
static void
prove_recording(chain *const self, const double body, const char *const name,
                const char *const verdict)
{
    rv_reason refused = RV_REASON_NONE;
    rv_calibrate_begin(&self->calibrate, 7);
    for (int i = 0; i < n_frames; ++i) {
        make_packet(self, body, 40.0 + 0.066 * i);
        sanitise(self);
        rv_proof_must(rv_calibrate_record(&self->calibrate, &self->csi));
    }
    rv_proof_f32(self->proof, rv_sanitise_template_re(&self->sanitise), n_samples);
    rv_proof_f32(self->proof, rv_sanitise_template_im(&self->sanitise), n_samples);
    rv_proof_part(self->proof, name);
    const rv_calibrate_verdict v = rv_calibrate_finish(&self->calibrate, &refused);
    put_verdict(self->proof, &v, refused);
    if (v.state != RV_CALIBRATE_READY || (refused == RV_REASON_NONE) != (body == 0.0)) {
        abort(); // the digest would prove nothing
    }
    rv_proof_part(self->proof, verdict);
}

/// Canonical bytes, and the same bytes again from a second link that took them
static void
prove_bytes(chain *const self)
{
    const rv_calibrate_config config = calibrate_config(self->proof);
    rv_calibrate              other;
    size_t                    room = 0;
    size_t                    n    = 0;
    size_t                    m    = 0;
    rv_proof_must(rv_calibrate_size(&config, &room));
    void *const memory = rv_proof_memory(room);
    rv_proof_must(rv_calibrate_init(&other, &config, memory, room));
    rv_proof_must(rv_calibrate_export(&self->calibrate, NULL, &n));
    uint8_t *const bytes = rv_proof_memory(n);
    rv_proof_must(rv_calibrate_export(&self->calibrate, bytes, &n));
    rv_proof_must(rv_calibrate_import(&other, bytes, n));
    rv_proof_bytes(self->proof, bytes, n);
    m = n;
    memset(bytes, 0, n);
    rv_proof_must(rv_calibrate_export(&other, bytes, &m));
    rv_proof_bytes(self->proof, bytes, m);
    const rv_calibrate_verdict v = rv_calibrate_get(&other);
    put_verdict(self->proof, &v, RV_REASON_NONE);
    rv_proof_part(self->proof, "bytes");
    free(bytes);
    free(memory);
}

static void
prove_comparison(chain *const self, const double body, const char *const name)
{
    static float        re[n_samples], im[n_samples];
    rv_calibrate_result r;
    for (int i = 0; i < n_frames; ++i) {
        make_packet(self, body, 40.0 + 0.066 * i);
        sanitise(self);
        rv_proof_must(rv_calibrate_apply(&self->calibrate, &self->csi, &r));
        rv_proof_must(rv_calibrate_subtract(&self->calibrate, &self->csi, re, im));
        const uint32_t counts[] = {(uint32_t)r.reason, (uint32_t)r.deviation.reason,
                                   r.old};
        const float    values[] = {
               r.deviation.value, r.deviation.sigma, r.deviation.quality,
               r.residual_db,     r.echo_db,         r.gain_db,
               r.match,           r.amplitude_z,     r.drift};
        rv_proof_u32(self->proof, counts, sizeof counts / sizeof *counts);
        rv_proof_f32(self->proof, values, sizeof values / sizeof *values);
        rv_proof_f32(self->proof, self->re, n_samples);
        rv_proof_f32(self->proof, self->im, n_samples);
        rv_proof_f32(self->proof, re, n_samples);
        rv_proof_f32(self->proof, im, n_samples);
    }
    rv_proof_part(self->proof, name);
}

int
main(const int argc, char **const argv)
{
    static chain self;
    rv_proof     proof;
    rv_proof_begin(&proof, "calibration", argc, argv);
    chain_open(&self, &proof);
    prove_recording(&self, 0.0, "record", "verdict");
    prove_bytes(&self);
    prove_comparison(&self, 0.0, "empty");
    prove_comparison(&self, 0.15, "walker");
    prove_recording(&self, 0.15, "walk", "walk-verdict");
    chain_close(&self);
    return rv_proof_end(&proof);
}
