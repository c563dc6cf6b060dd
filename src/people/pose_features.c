// SPDX-License-Identifier: MIT
#include <ruview/people/pose_features.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

enum {
    least_samples = 8,      // in the window
    recent        = 4,      ///< Samples of the newest energy
    window_us     = 620000, ///< Of the spectrum
    oldest_us     = 160000, ///< The newest frame may be this old
    pair_us       = 75000,  ///< Frames this near are neighbours
    tones_apart   = 14,     ///< From one band to the next
};

static const float bin_hz     = 2.5F;
static const float slow_s     = 4.0F;
static const float body_m     = 1.0F;  // height of the trunk
static const float floor_log  = 1e-5F; // power of a quiet link over its own
static const float moves_mps  = 0.3F;  // above it the velocity tells the heading
static const float heading_s  = 0.25F;
static const float c_mps      = 299792458.0F;
static const float apart_s    = 0.035F; // faster links are thinned out to about this
static const float spacing_hz = 312500.0F;

static float
clamp(const float x, const float low, const float high)
{
    return x < low ? low : x > high ? high : x;
}

/// Band of a tone number on the canonical grid; -1 outside
static int
band_of(const float tone)
{
    return tone < -28.5F   ? -1
           : tone < -14.0F ? 0
           : tone < 0.0F   ? 1
           : tone <= 14.0F ? 2
           : tone <= 28.5F ? 3
                           : -1;
}

void
rv_pose_link_push(rv_pose_link *const self, const rv_csi *const csi)
{
    const uint32_t last =
        (self->next + RV_POSE_SAMPLES - 1) % RV_POSE_SAMPLES; // before this one
    const bool  first   = self->count == 0;
    const float elapsed = first || csi->t_us < self->t_us[last]
                              ? 0.0F
                              : (float)(csi->t_us - self->t_us[last]) * 1e-6F;
    if (!first && csi->t_us >= self->t_us[last] && elapsed < apart_s) {
        return;
    }
    float       re[RV_POSE_BANDS] = {0};
    float       im[RV_POSE_BANDS] = {0};
    float       n[RV_POSE_BANDS]  = {0};
    const float grid              = (float)csi->spacing_hz / spacing_hz;
    for (uint32_t k = 0; k < csi->n_tones; ++k) {
        const int b = band_of((float)csi->tone[k] * grid);
        if (b >= 0) {
            re[b] += csi->re[k];
            im[b] += csi->im[k];
            n[b] += 1.0F;
        }
    }
    const float follow = first ? 1.0F : elapsed / (slow_s + elapsed);
    for (int b = 0; b < RV_POSE_BANDS; ++b) {
        re[b] = n[b] > 0.0F ? re[b] / n[b] : 0.0F;
        im[b] = n[b] > 0.0F ? im[b] / n[b] : 0.0F;
        self->slow_re[b] += follow * (re[b] - self->slow_re[b]);
        self->slow_im[b] += follow * (im[b] - self->slow_im[b]);
        self->re[self->next][b] = re[b];
        self->im[self->next][b] = im[b];
    }
    self->t_us[self->next] = csi->t_us;
    self->next             = (self->next + 1) % RV_POSE_SAMPLES;
    self->count += self->count < RV_POSE_SAMPLES;
}

static float
length(const float x, const float y)
{
    return rv_sqrt_f32(x * x + y * y);
}

static void
turn_towards(rv_pose_heading *const self, const rv_pose_track_state *const track,
             const float speed, const float dt)
{
    const float share  = self->has_heading ? dt / (heading_s + dt) : 1.0F;
    const float before = rv_atan2_f32(self->forward[1], self->forward[0]);
    float       f[2];
    for (int i = 0; i < 2; ++i) {
        const float to = track->velocity_mps[i] / speed;
        f[i]           = self->forward[i] + share * (to - self->forward[i]);
    }
    const float size = length(f[0], f[1]);
    if (!(size > 0.05F)) { // right about: take the new side
        f[0] = track->velocity_mps[0];
        f[1] = track->velocity_mps[1];
    }
    const float by     = size > 0.05F ? size : speed;
    float       turned = rv_atan2_f32(f[1], f[0]) - before;
    turned += turned > RV_PI_F32    ? -2.0F * RV_PI_F32
              : turned < -RV_PI_F32 ? 2.0F * RV_PI_F32
                                    : 0.0F;
    self->turn_rps    = self->has_heading && dt > 0.0F ? turned / dt : 0.0F;
    self->forward[0]  = f[0] / by;
    self->forward[1]  = f[1] / by;
    self->has_heading = true;
}

void
rv_pose_heading_push(rv_pose_heading *const self, const uint64_t t_us,
                     const rv_pose_track_state *const track)
{
    if (!self->started) {
        *self = (rv_pose_heading){.started  = true,
                                  .born_us  = t_us,
                                  .moved_us = t_us,
                                  .t_us     = t_us,
                                  .forward  = {1.0F, 0.0F}};
    }
    const float dt    = t_us > self->t_us ? (float)(t_us - self->t_us) * 1e-6F : 0.0F;
    const float speed = length(track->velocity_mps[0], track->velocity_mps[1]);
    self->turn_rps    = 0.0F;
    if (speed > moves_mps) {
        turn_towards(self, track, speed, dt);
        self->moved_us = t_us;
    }
    self->speed_1s += dt / (1.0F + dt) * (speed - self->speed_1s);
    self->speed_5s += dt / (5.0F + dt) * (speed - self->speed_5s);
    self->t_us = t_us;
}

/// The last samples without what stands, oldest first
typedef struct {
    uint32_t n;
    float    t_s[RV_POSE_SAMPLES]; ///< Before the end of the cycle, <= 0
    float    re[RV_POSE_SAMPLES][RV_POSE_BANDS];
    float    im[RV_POSE_SAMPLES][RV_POSE_BANDS];
    float    power;   ///< Mean over samples, sum over bands
    float    newest;  ///< The same of the newest samples
    float    removed; ///< |mean - slow mean|^2, sum over bands
} moving;

static bool
collect(const rv_pose_link *const self, const uint64_t t_us, moving *const m)
{
    m->n = 0;
    for (uint32_t i = 0; i < self->count; ++i) {
        const uint32_t s =
            (self->next + RV_POSE_SAMPLES - self->count + i) % RV_POSE_SAMPLES;
        const uint64_t at = self->t_us[s];
        if (at + window_us < t_us || at > t_us + window_us) {
            continue;
        }
        m->t_s[m->n] = -(float)((double)(int64_t)(t_us - at) * 1e-6);
        memcpy(m->re[m->n], self->re[s], sizeof m->re[0]);
        memcpy(m->im[m->n], self->im[s], sizeof m->im[0]);
        ++m->n;
    }
    return m->n >= least_samples && m->t_s[m->n - 1] >= -1e-6F * (float)oldest_us;
}

static void
remove_standing(const rv_pose_link *const self, moving *const m)
{
    const float n = (float)m->n;
    m->power      = 0.0F;
    m->newest     = 0.0F;
    m->removed    = 0.0F;
    for (int b = 0; b < RV_POSE_BANDS; ++b) {
        float re = 0.0F;
        float im = 0.0F;
        for (uint32_t i = 0; i < m->n; ++i) {
            re += m->re[i][b];
            im += m->im[i][b];
        }
        re /= n;
        im /= n;
        const float sr = re - self->slow_re[b];
        const float si = im - self->slow_im[b];
        m->removed += sr * sr + si * si;
        for (uint32_t i = 0; i < m->n; ++i) {
            m->re[i][b] -= re;
            m->im[i][b] -= im;
            const float p = m->re[i][b] * m->re[i][b] + m->im[i][b] * m->im[i][b];
            m->power += p;
            m->newest += i + recent >= m->n ? p : 0.0F;
        }
    }
    m->power /= n;
    m->newest /= (float)recent;
}

/// Turn each sample by `turns_hz` x its time
static void
turn_samples(moving *const m, const float turns_hz)
{
    for (uint32_t i = 0; i < m->n; ++i) {
        const float angle = 2.0F * RV_PI_F32 * turns_hz * m->t_s[i];
        const float s     = rv_sin_f32(angle);
        const float c     = rv_cos_f32(angle);
        for (int b = 0; b < RV_POSE_BANDS; ++b) {
            const float re = m->re[i][b];
            m->re[i][b]    = re * c - m->im[i][b] * s;
            m->im[i][b]    = re * s + m->im[i][b] * c;
        }
    }
}

static float
scaled_log(const float power)
{
    return (rv_log_f32(power + floor_log) + 6.0F) * (1.0F / 3.0F);
}

/// Power at -10 .. 7.5 Hz under Welch's window
static void
spectrum(const moving *const m, float out[RV_POSE_BINS])
{
    float step[RV_POSE_SAMPLES][2], at[RV_POSE_SAMPLES][2];
    float sum = 0.0F;
    for (uint32_t i = 0; i < m->n; ++i) {
        const float angle = -2.0F * RV_PI_F32 * bin_hz * m->t_s[i];
        const float first = -0.5F * (float)RV_POSE_BINS * angle;
        const float w     = (float)((i + 1) * (m->n - i));
        step[i][0]        = rv_cos_f32(angle);
        step[i][1]        = rv_sin_f32(angle);
        at[i][0]          = w * rv_cos_f32(first);
        at[i][1]          = w * rv_sin_f32(first);
        sum += w;
    }
    for (int k = 0; k < RV_POSE_BINS; ++k) {
        float power = 0.0F;
        for (int b = 0; b < RV_POSE_BANDS; ++b) {
            float re = 0.0F;
            float im = 0.0F;
            for (uint32_t i = 0; i < m->n; ++i) {
                re += m->re[i][b] * at[i][0] - m->im[i][b] * at[i][1];
                im += m->re[i][b] * at[i][1] + m->im[i][b] * at[i][0];
            }
            power += re * re + im * im;
        }
        out[k] = scaled_log(power / (sum * sum));
        for (uint32_t i = 0; i < m->n; ++i) {
            const float re = at[i][0];
            at[i][0]       = re * step[i][0] - at[i][1] * step[i][1];
            at[i][1]       = re * step[i][1] + at[i][1] * step[i][0];
        }
    }
}

/// Mean turn from a sample to the next, and from a band to the next, over the power
static void
turns(const moving *const m, const float excess_m, float out[4])
{
    float t_re = 0.0F, t_im = 0.0F, b_re = 0.0F, b_im = 0.0F;
    for (uint32_t i = 0; i < m->n; ++i) {
        const bool near = i > 0 && m->t_s[i] - m->t_s[i - 1] < 1e-6F * (float)pair_us;
        for (int b = 0; b < RV_POSE_BANDS; ++b) {
            if (near) {
                t_re += m->re[i][b] * m->re[i - 1][b] + m->im[i][b] * m->im[i - 1][b];
                t_im += m->im[i][b] * m->re[i - 1][b] - m->re[i][b] * m->im[i - 1][b];
            }
            if (b > 0) {
                b_re += m->re[i][b] * m->re[i][b - 1] + m->im[i][b] * m->im[i][b - 1];
                b_im += m->im[i][b] * m->re[i][b - 1] - m->re[i][b] * m->im[i][b - 1];
            }
        }
    }
    const float all = m->power * (float)m->n + floor_log;
    const float angle =
        2.0F * RV_PI_F32 * (float)tones_apart * spacing_hz * excess_m / c_mps;
    const float c = rv_cos_f32(angle);
    const float s = rv_sin_f32(angle);
    out[0]        = t_re / all;
    out[1]        = t_im / all;
    out[2]        = (b_re * c - b_im * s) / all;
    out[3]        = (b_re * s + b_im * c) / all;
}

/// Where one end lies, seen from the track
typedef struct {
    float forward, left, up;
    float distance;
} end_seen;

static end_seen
see(const float end_m[3], const rv_pose_track_state *const track,
    const rv_pose_heading *const h)
{
    const float x = end_m[0] - track->position_m[0];
    const float y = end_m[1] - track->position_m[1];
    const float z = end_m[2] - body_m;
    end_seen    e = {.forward = x * h->forward[0] + y * h->forward[1],
                     .left    = y * h->forward[0] - x * h->forward[1],
                     .up      = z};
    const float d = rv_sqrt_f32(x * x + y * y + z * z);
    e.distance    = d > 0.2F ? d : 0.2F;
    return e;
}

/// How far the track stands beside the line between the ends, in plan [m]
static float
beside(const rv_room_link *const ends, const rv_pose_track_state *const track)
{
    const float x = ends->rx_m[0] - ends->tx_m[0];
    const float y = ends->rx_m[1] - ends->tx_m[1];
    const float d = length(x, y);
    const float a = track->position_m[0] - ends->tx_m[0];
    const float b = track->position_m[1] - ends->tx_m[1];
    const float s = d > 0.1F ? (x * b - y * a) / d : 0.0F;
    return s < 0.0F ? -s : s;
}

bool
rv_pose_link_features(const rv_pose_link *const self, const rv_room_link *const ends,
                      const rv_room_sample *const      level,
                      const rv_pose_track_state *const track,
                      const rv_pose_heading *const heading, const float wavelength_m,
                      const uint64_t t_us, float out[RV_POSE_LINK_FEATURES])
{
    moving m;
    memset(out, 0, sizeof(float) * RV_POSE_LINK_FEATURES);
    if (!collect(self, t_us, &m)) {
        return false;
    }
    remove_standing(self, &m);
    const end_seen tx   = see(ends->tx_m, track, heading);
    const end_seen rx   = see(ends->rx_m, track, heading);
    const float    dx   = ends->tx_m[0] - ends->rx_m[0];
    const float    dy   = ends->tx_m[1] - ends->rx_m[1];
    const float    dz   = ends->tx_m[2] - ends->rx_m[2];
    const float    los  = rv_sqrt_f32(dx * dx + dy * dy + dz * dz);
    const float    more = tx.distance + rx.distance - los;
    const float    vf   = track->velocity_mps[0] * heading->forward[0] +
                     track->velocity_mps[1] * heading->forward[1];
    const float vl = track->velocity_mps[1] * heading->forward[0] -
                     track->velocity_mps[0] * heading->forward[1];
    // the ends lie ahead: walking towards them makes the path shorter
    const float rate = -(vf * tx.forward + vl * tx.left) / tx.distance -
                       (vf * rx.forward + vl * rx.left) / rx.distance;
    float *o = out;
    spectrum(&m, o);
    turn_samples(&m, rate / wavelength_m);
    spectrum(&m, o + RV_POSE_BINS);
    turns(&m, more, o + 2 * RV_POSE_BINS);
    o += 2 * RV_POSE_BINS + 4;
    const float rest[] = {
        scaled_log(m.power),
        scaled_log(m.newest),
        scaled_log(m.removed),
        clamp(level->loss_db, -15.0F, 15.0F) * 0.2F,
        (rv_log_f32(clamp(level->variance_db2, 0.0F, 1e4F) + 0.01F) + 1.0F) * 0.3F,
        level->has_baseline ? 1.0F : 0.0F,
        tx.forward * 0.25F,
        tx.left * 0.25F,
        tx.up,
        rx.forward * 0.25F,
        rx.left * 0.25F,
        rx.up,
        rv_log_f32(tx.distance),
        rv_log_f32(rx.distance),
        los * 0.2F,
        clamp(beside(ends, track), 0.0F, 4.0F) * 0.5F,
        clamp(rate / wavelength_m * 0.1F, -3.0F, 3.0F),
        clamp(more, 0.0F, 15.0F) * 0.2F,
        (float)m.n * (1.0F / 12.0F),
        -m.t_s[m.n - 1] * 10.0F,
    };
    _Static_assert(2 * RV_POSE_BINS + 4 + sizeof rest / sizeof *rest ==
                       RV_POSE_LINK_FEATURES,
                   "forty features");
    memcpy(o, rest, sizeof rest);
    return true;
}

void
rv_pose_track_features(const rv_pose_track_state *const track,
                       const rv_pose_heading *const heading, const uint32_t n_links,
                       float out[RV_POSE_TRACK_FEATURES])
{
    const float vf = track->velocity_mps[0] * heading->forward[0] +
                     track->velocity_mps[1] * heading->forward[1];
    const float vl = track->velocity_mps[1] * heading->forward[0] -
                     track->velocity_mps[0] * heading->forward[1];
    const float still_s = (float)(heading->t_us - heading->moved_us) * 1e-6F;
    const float age_s   = (float)(heading->t_us - heading->born_us) * 1e-6F;
    const float f[]     = {
            length(track->velocity_mps[0], track->velocity_mps[1]),
            clamp(vf, -3.0F, 3.0F),
            clamp(vl, -3.0F, 3.0F),
            clamp(track->sigma_m, 0.0F, 2.0F) * 3.0F,
            clamp(track->sigma_mps, 0.0F, 2.0F) * 2.0F,
        heading->has_heading ? 1.0F : 0.0F,
            rv_log_f32(1.0F + clamp(still_s, 0.0F, 20.0F)) * 0.5F,
            heading->speed_1s,
            heading->speed_5s,
            clamp((float)n_links, 0.0F, 24.0F) * (1.0F / 12.0F),
            clamp(heading->turn_rps, -5.0F, 5.0F) * 0.3F,
            rv_log_f32(1.0F + clamp(age_s, 0.0F, 20.0F)) * 0.5F,
    };
    _Static_assert(sizeof f / sizeof *f == RV_POSE_TRACK_FEATURES, "twelve features");
    memcpy(out, f, sizeof f);
}
