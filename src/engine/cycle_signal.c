// SPDX-License-Identifier: MIT
// Stages 4 to 6 of a cycle: fused view, delay profiles of all links, coherence and
// gate.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <ruview/cir/tap_sigma.h>
#include <ruview/fusion/attention.h>
#include <ruview/fusion/fuse.h>
#include <ruview/fusion/measure.h>
#include <ruview/math/elementary.h>

#include <string.h>

// ---- stage 4

static void
fill_node(rv_engine *const self, rv_node *const node, const uint64_t end_us,
          rv_record_node *const out)
{
    const rv_clock_state state = rv_clock_get(&node->clock, end_us);
    *out                       = (rv_record_node){.node            = node->node,
                                                  .present         = state.present,
                                                  .reason          = state.reason,
                                                  .rate_hz         = state.rate_hz,
                                                  .loss            = state.loss,
                                                  .clock_offset_us = state.offset_us,
                                                  .clock_drift_ppm = state.drift_ppm,
                                                  .jitter_us       = state.jitter_us};
    out->rssi_dbm =
        node->rssi_dbm.n > 0
            ? rv_running_get(&node->rssi_dbm, 1.0F)
            : rv_unknown(node->has_spoken ? RV_REASON_UNSUPPORTED : RV_REASON_NO_DATA);
    if (!node->clock.has_sequence && node->has_spoken) {
        out->loss = rv_unknown(RV_REASON_UNSUPPORTED); // nothing to count by
    }
    if (!state.present) {
        out->rssi_dbm = rv_unknown(RV_REASON_NO_DATA);
    }
    if (node->config && node->config->has_position) {
        out->has_position = true;
        memcpy(out->position_m, node->config->position_m, sizeof out->position_m);
    }
    // Told when no burst of losses explains it; a node that is heard first is not back
    if (node->has_spoken && node->was_silent != state.silent) {
        rv_engine_add_event(self,
                            state.silent ? RV_EVENT_NODE_ABSENT : RV_EVENT_NODE_BACK,
                            end_us, node->node, 1.0F, state.reason);
        node->was_silent = state.silent;
    }
}

static void
fill_nodes(rv_engine *const self, const uint64_t end_us)
{
    rv_estimate rssi[RV_MAX_NODES];
    float       alike[RV_MAX_NODES];
    for (int i = 0; i < self->n_nodes; ++i) {
        fill_node(self, &self->node[i], end_us, &self->record_node[i]);
        rssi[i]  = self->record_node[i].rssi_dbm;
        alike[i] = 1.0F;
    }
    self->record.n_nodes  = self->n_nodes;
    self->record.rssi_dbm = rv_fuse_weighted(rssi, alike, self->n_nodes);
}

static void
fill_link(rv_engine *const self, rv_link *const link, const uint64_t end_us,
          rv_record_link *const out)
{
    memset(out, 0, sizeof *out);
    out->link     = link->id;
    out->node     = link->key.node;
    out->tx       = link->key.tx;
    out->freq_mhz = link->key.freq_mhz;
    out->layout   = link->key.layout->id;
    out->frames   = link->frames;
    out->stale    = rv_link_is_stale(link, end_us, self->config.period_us);

    out->rate_hz       = out->stale ? rv_unknown(RV_REASON_STALE)
                                    : rv_rate_of(link->gap_us, link->n_gaps, RV_LINK_GAPS);
    const uint64_t age = end_us > link->newest_us ? end_us - link->newest_us : 0;
    // Counted in steps of the stamps, a microsecond; a link may be known by its
    // baseline alone
    out->age_ms           = link->has_frame ? rv_exact((float)age * 1e-3F, 1e-3F)
                                            : rv_unknown(RV_REASON_NO_DATA);
    out->amplitude_reason = out->stale ? RV_REASON_STALE : RV_REASON_NONE;
}

static const float profile_memory = 10.0F; // cycles

static void
take_profile(rv_link *const link, const rv_csi *const csi)
{
    float profile[RV_CANONICAL_TONES];
    float step = 0.0F;
    rv_resample_amplitude(&link->tones->resample, csi->re, csi->im, profile);
    for (int k = 0; k < RV_CANONICAL_TONES; ++k) {
        const float d = profile[k] - link->profile[k];
        step += d * d;
    }
    if (link->has_profile) {
        rv_running_push(&link->profile_noise, 0.5F * step / (float)RV_CANONICAL_TONES,
                        profile_memory);
    }
    memcpy(link->profile, profile, sizeof profile);
    link->has_profile = true;
    for (uint32_t k = 0; k < csi->n_tones; ++k) {
        link->amplitude[k] =
            rv_sqrt_f32(csi->re[k] * csi->re[k] + csi->im[k] * csi->im[k]);
    }
}

// Amplitude variance over the tones of the weighted view: how frequency-selective it
// is. The noise of a link is what its successive profiles differ by
static rv_estimate
view_variance(const rv_engine *const self, const uint16_t *const index,
              const uint32_t n)
{
    float    view[RV_CANONICAL_TONES] = {0};
    float    noise                    = 0.0F;
    uint32_t n_free                   = RV_CANONICAL_TONES;
    for (uint32_t i = 0; i < n; ++i) {
        const rv_link *const link = &self->links.link[index[i]];
        const uint32_t       own  = link->tones->segment->n_tones;
        if (link->profile_noise.n == 0) {
            return rv_unknown(RV_REASON_WARMING_UP);
        }
        for (int k = 0; k < RV_CANONICAL_TONES; ++k) {
            view[k] += link->weight * link->profile[k];
        }
        noise += link->weight * link->weight * link->profile_noise.mean;
        n_free = own < n_free ? own : n_free;
    }
    return rv_selectivity(view, RV_CANONICAL_TONES, noise, n_free,
                          (float)n / (float)self->links.n_links);
}

static void
weigh_links(rv_engine *const self)
{
    const float *profile[RV_MAX_LINKS];
    uint16_t     index[RV_MAX_LINKS];
    float        weight[RV_MAX_LINKS];
    float        mean[RV_CANONICAL_TONES];
    uint32_t     n = 0;
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_link *const      link = &self->links.link[i];
        const rv_csi *const csi  = rv_link_newest(link);
        link->weight             = 0.0F;
        if (csi && link->frames > 0) {
            take_profile(link, csi);
        }
        if (csi && !self->record_link[i].stale) {
            self->record_link[i].amplitude = link->amplitude;
            self->record_link[i].n_tones =
                csi->n_tones < RV_RECORD_TONES ? csi->n_tones : RV_RECORD_TONES;
            profile[n] = link->profile;
            index[n++] = (uint16_t)i;
        }
    }
    uint32_t bad = 0;
    if (n == 0 || rv_attention(profile, n, RV_CANONICAL_TONES, 1.0F, mean, weight,
                               &bad) != RV_OK) {
        self->record.variance = rv_unknown(RV_REASON_NO_DATA);
        return;
    }
    for (uint32_t i = 0; i < n; ++i) {
        self->links.link[index[i]].weight  = weight[i];
        self->record_link[index[i]].weight = weight[i];
        rv_engine_digest(self, RV_STAGE_FUSE, "profile", index[i], profile[i],
                         RV_CANONICAL_TONES);
    }
    rv_engine_digest(self, RV_STAGE_FUSE, "weight", 0, weight, n);
    self->record.variance = view_variance(self, index, n);
}

void
rv_cycle_fuse(rv_engine *const self, const uint64_t end_us)
{
    fill_nodes(self, end_us);
    self->record.n_links = self->links.n_links;
    for (int i = 0; i < self->links.n_links; ++i) {
        fill_link(self, &self->links.link[i], end_us, &self->record_link[i]);
    }
    weigh_links(self);
}

// ---- stage 5

static void
unknown_cir(rv_record_link *const out, const rv_reason reason)
{
    out->cir_reason      = reason;
    out->delay_spread_ns = rv_unknown(reason);
    out->dominant_ratio  = rv_unknown(reason);
}

static void
fill_cir(const rv_link *const link, rv_record_link *const out)
{
    const rv_cir_taps *const taps = &link->taps;
    out->cir_iterations           = (uint16_t)link->cir.iterations;
    out->cir_gap                  = link->cir.gap;
    out->delay_spread_ns          = rv_cir_spread(taps, &link->cir);
    out->dominant_ratio           = rv_cir_dominance(taps, &link->cir);
    out->cir_reason               = RV_REASON_NONE;
    float strongest               = 0.0F;
    for (int i = 0; i < taps->n_paths; ++i) {
        const float power =
            taps->path[i].re * taps->path[i].re + taps->path[i].im * taps->path[i].im;
        strongest = power > strongest ? power : strongest;
    }
    for (int i = 0; i < taps->n_paths && i < RV_RECORD_TAPS; ++i) {
        const float power =
            taps->path[i].re * taps->path[i].re + taps->path[i].im * taps->path[i].im;
        out->tap_delay_ns[i] = taps->path[i].delay_ns;
        out->tap_power_db[i] =
            10.0F *
            rv_log10_f32(power > 1e-12F * strongest ? power / strongest : 1e-12F);
        ++out->n_taps;
    }
}

static void
solve_link(void *const arg, const uint32_t item, const uint32_t worker)
{
    rv_engine *const    self = arg;
    rv_link *const      link = &self->links.link[item];
    const rv_csi *const csi  = rv_link_newest(link);
    if (link->frames == 0 || !csi || !link->tones->has_cir) {
        return;
    }
    rv_cir_taps_config taps;
    rv_tap_gate_config gate;
    rv_cir_taps_config_default(&taps);
    rv_tap_gate_config_default(&gate);
    rv_cir_solve_csi(&link->tones->solver[worker], csi, &link->cir_state, &link->cir);
    rv_cir_taps_of(&link->tones->plan, &taps, &link->cir, &link->taps);
    rv_tap_gate_push(&link->tap_gate, &gate, &link->tones->plan, &link->cir,
                     &link->tap_verdict);
}

static void
collect_link(rv_engine *const self, const rv_link *const link,
             rv_record_link *const out)
{
    if (link->frames == 0) {
        unknown_cir(out, RV_REASON_STALE);
    } else if (!link->tones->has_cir) {
        unknown_cir(out, RV_REASON_UNSUPPORTED);
    } else if (link->taps.reason != RV_REASON_NONE) {
        unknown_cir(out, link->taps.reason);
    } else {
        rv_engine_digest(self, RV_STAGE_CIR, "re", link->id, link->cir.re, link->cir.n);
        rv_engine_digest(self, RV_STAGE_CIR, "im", link->id, link->cir.im, link->cir.n);
        rv_engine_digest(self, RV_STAGE_CIR, "gap", link->id, &link->cir.gap, 1);
        fill_cir(link, out);
    }
}

void
rv_cycle_cir(rv_engine *const self)
{
    const uint32_t n = self->links.n_links;
    if (self->parallel && n > 1) {
        self->parallel(self->parallel_context, n, solve_link, self);
    } else {
        for (uint32_t i = 0; i < n; ++i) {
            solve_link(self, i, 0);
        }
    }
    for (uint32_t i = 0; i < n; ++i) {
        collect_link(self, &self->links.link[i], &self->record_link[i]);
    }
}

// ---- stage 6

// Sampling-time offset of the newest frame; the first frame of a template, which is
// what others are measured against, has none
static rv_estimate
offset_of(const rv_link *const link, const rv_csi *const csi, const bool stale)
{
    const rv_sanitise_result *const found = &link->sanitised;
    if (!csi || csi->amplitude_only) {
        return rv_unknown(RV_REASON_UNSUPPORTED);
    }
    if (stale || found->reason == RV_REASON_PHASE_GARBAGE) {
        return rv_unknown(stale ? RV_REASON_STALE : RV_REASON_PHASE_GARBAGE);
    }
    return found->sto_sigma_ns > 0.0F
               ? rv_known(csi->sto_ns, found->sto_sigma_ns, found->structure)
               : rv_unknown(RV_REASON_WARMING_UP);
}

static void
gate_link(rv_link *const link, const uint64_t end_us, rv_record_link *const out)
{
    const rv_csi *const csi      = rv_link_newest(link);
    const bool          has_gate = csi && !csi->amplitude_only;
    rv_gate_input       in       = {.score     = link->coherent.score,
                                    .structure = has_gate ? link->sanitised.structure : -1.0F,
                                    .drift     = link->calibrated.drift,
                                    .step      = link->stepped,
                                    .restarted = link->restarted,
                                    .has_frame = link->frames > 0,
                                    .t_us      = end_us};
    // Energy all over the delay axis is phase without structure, whatever the tones say
    if (in.has_frame && has_gate &&
        link->tap_verdict.reason == RV_REASON_PHASE_GARBAGE) {
        in.structure = 0.0F;
    }
    link->gated      = rv_gate_push(&link->gate, &in);
    out->gate        = link->gated.decision;
    out->gate_reason = link->gated.reason;
    out->coherence   = out->stale ? rv_unknown(RV_REASON_STALE) : link->coherent.score;
    const rv_calibrate_verdict verdict = rv_calibrate_get(&link->calibrate);
    out->calibrated                    = verdict.state == RV_CALIBRATE_READY;
    out->deviation                     = out->stale ? rv_unknown(RV_REASON_STALE)
                                         : link->calibrated.reason != RV_REASON_NONE
                                             ? rv_unknown(link->calibrated.reason)
                                             : link->calibrated.deviation;
    out->echo_ratio                    = out->stale ? rv_unknown(RV_REASON_STALE)
                                         : link->calibrated.reason != RV_REASON_NONE
                                             ? rv_unknown(link->calibrated.reason)
                                             : link->calibrated.echo;
    out->sto_ns                        = offset_of(link, csi, out->stale);
}

void
rv_cycle_gate(rv_engine *const self, const uint64_t end_us)
{
    rv_gate_output gated[RV_MAX_LINKS];
    float          weight[RV_MAX_LINKS];
    rv_estimate    score[RV_MAX_LINKS];
    uint32_t       n = 0;
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_link *const link = &self->links.link[i];
        gate_link(link, end_us, &self->record_link[i]);
        if (link->weight > 0.0F) {
            gated[n]  = link->gated;
            weight[n] = link->weight;
            score[n]  = self->record_link[i].coherence;
            rv_engine_digest(self, RV_STAGE_GATE, "coherence", link->id,
                             &score[n].value, 1);
            ++n;
        }
    }
    if (n == 0) {
        self->record.gate        = RV_GATE_REJECT;
        self->record.gate_reason = RV_REASON_NO_DATA;
        self->record.coherence   = rv_unknown(RV_REASON_NO_DATA);
        return;
    }
    const rv_gate_output all = rv_gate_over_links(gated, weight, n);
    self->record.gate        = all.decision;
    self->record.gate_reason = all.reason;
    self->record.coherence   = rv_fuse_weighted(score, weight, n);
    if (all.decision == RV_GATE_RECALIBRATE) {
        self->record.recalibrate = true;
    }
}
