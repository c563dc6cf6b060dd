// SPDX-License-Identifier: MIT
// Stage 3 across channels: what a hopping node measured of one transmitter on several
// channels at about the same time. Each hop has a phase and a delay of its own, so the
// newest frames are copied, aligned to that of the lowest channel, and compared.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>
#include <ruview/prep/multiband.h>

#include <string.h>

/// The links of one node and transmitter on different channels
typedef struct {
    uint16_t link[RV_MAX_BANDS]; ///< Ascending frequency
    uint32_t n;
} hops;

static bool
is_hop(const rv_link_key *const a, const rv_link_key *const b)
{
    return a->tx == b->tx && a->node == b->node && a->layout == b->layout &&
           a->n_rx == b->n_rx && a->n_tx == b->n_tx && a->freq_mhz != b->freq_mhz;
}

// The hops that begin with link `first`; none when a link before it has them
static hops
hops_of(const rv_link_table *const links, const uint16_t first)
{
    hops                     out = {.link = {first}, .n = 1};
    const rv_link_key *const key = &links->link[first].key;
    for (uint16_t i = 0; i < links->n_links; ++i) {
        const rv_link_key *const other = &links->link[i].key;
        if (i == first || !is_hop(key, other)) {
            continue;
        }
        if (i < first) {
            return (hops){.n = 0};
        }
        if (out.n == RV_MAX_BANDS) {
            break;
        }
        uint32_t at = out.n++;
        for (; at > 0 && links->link[out.link[at - 1]].key.freq_mhz > other->freq_mhz;
             --at) {
            out.link[at] = out.link[at - 1];
        }
        out.link[at] = i;
    }
    return out;
}

// Copies of the newest frames, first stream, of those links that are fresh enough
static uint32_t
copy_frames(rv_engine *const self, const hops *const group, const uint64_t end_us,
            const uint64_t window_us, rv_csi *const copy, uint16_t *const index)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < group->n; ++i) {
        const rv_csi *const csi = rv_link_newest(&self->links.link[group->link[i]]);
        if (!csi || csi->n_tones > RV_RECORD_TONES ||
            (csi->t_us < end_us && end_us - csi->t_us > window_us)) {
            continue;
        }
        float *const re   = self->band_samples + (size_t)2 * n * RV_RECORD_TONES;
        copy[n]           = *csi;
        copy[n].re        = re;
        copy[n].im        = re + RV_RECORD_TONES;
        copy[n].n_streams = 1;
        memcpy(copy[n].re, csi->re, csi->n_tones * sizeof *csi->re);
        memcpy(copy[n].im, csi->im, csi->n_tones * sizeof *csi->im);
        index[n++] = group->link[i];
    }
    return n;
}

// The lowest channel is what the others are aligned to: its match is their mean
static rv_align_result
match_of_rest(const rv_align_result *const aligned, const uint32_t n)
{
    rv_align_result mean = {.reason = aligned[1].reason};
    for (uint32_t i = 1; i < n; ++i) {
        mean.match += aligned[i].match / (float)(n - 1);
    }
    return mean;
}

static void
compare_hops(rv_engine *const self, const hops *const group, const uint64_t end_us)
{
    const rv_multiband_config cfg = rv_multiband_config_default();
    rv_multiband              bands;
    rv_csi                    copy[RV_MAX_BANDS];
    rv_csi                   *frame[RV_MAX_BANDS];
    rv_align_result           aligned[RV_MAX_BANDS];
    uint16_t                  index[RV_MAX_BANDS];
    const uint32_t n = copy_frames(self, group, end_us, cfg.window_us, copy, index);
    rv_multiband_init(&bands, &cfg);
    for (uint32_t i = 0; i < n; ++i) {
        frame[i] = &copy[i];
        (void)!rv_multiband_push(&bands, &copy[i],
                                 self->links.link[index[i]].key.freq_mhz);
    }
    rv_align *const align = &self->links.link[group->link[0]].align;
    if (n < 2 || rv_align_push(align, frame, n, aligned) != RV_OK) {
        return;
    }
    const rv_multiband_view view = rv_multiband_get(&bands, end_us);
    const rv_reason         stale =
        view.reason == RV_REASON_STALE ? RV_REASON_STALE : RV_REASON_NONE;
    aligned[0] = match_of_rest(aligned, n);
    for (uint32_t i = 0; i < n; ++i) {
        rv_record_link *const out = &self->record_link[index[i]];
        out->bands                = (uint16_t)n;
        out->band_coherence =
            stale != RV_REASON_NONE ? rv_unknown(stale) : view.coherence;
        out->band_match =
            rv_unknown(stale != RV_REASON_NONE ? stale : aligned[i].reason);
        if (rv_is_known(out->band_match)) {
            // Standard error of the size of a coherence over K tones
            const float m = aligned[i].match;
            out->band_match =
                rv_known(m, (1.0F - m * m) / rv_sqrt_f32(2.0F * (float)copy[i].n_tones),
                         view.coherence.quality);
        }
        rv_engine_digest(self, RV_STAGE_ALIGN, "band_match", index[i],
                         &out->band_match.value, 1);
        rv_engine_digest(self, RV_STAGE_ALIGN, "band_coherence", index[i],
                         &out->band_coherence.value, 1);
    }
}

void
rv_cycle_bands(rv_engine *const self, const uint64_t end_us)
{
    for (uint16_t i = 0; i < self->links.n_links; ++i) {
        rv_record_link *const out = &self->record_link[i];
        out->bands                = 1;
        out->band_coherence       = rv_unknown(RV_REASON_UNSUPPORTED);
        out->band_match           = rv_unknown(RV_REASON_UNSUPPORTED);
    }
    for (uint16_t i = 0; i < self->links.n_links; ++i) {
        const hops group = hops_of(&self->links, i);
        if (group.n > 1) {
            compare_hops(self, &group, end_us);
        }
    }
}
