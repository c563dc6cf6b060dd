// SPDX-License-Identifier: MIT
// Recording the empty room on all links at once, by command.
#include "engine/engine_state.h"

#include "base/try.h"

#include <ruview/base/bytes.h>

enum { max_seconds = 3600, default_seconds = 30 };

void
rv_engine_calibrate_begin(rv_engine *const self, const uint64_t t_us,
                          const uint64_t seconds)
{
    const uint64_t length = seconds == 0            ? default_seconds
                            : seconds > max_seconds ? max_seconds
                                                    : seconds;
    self->calibration     = (rv_calibration_run){
            .active = true, .session = t_us, .end_us = t_us + length * 1000000U};
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_calibrate_begin(&self->links.link[i].calibrate, t_us);
    }
    rv_watch_calibrate_begin(self);
}

// One number for all baselines in use, in ascending order of link
static uint64_t
combined_id(const rv_link_table *const links)
{
    rv_blake3 hash;
    uint8_t   digest[RV_DIGEST_BYTES];
    bool      any = false;
    rv_blake3_init(&hash);
    for (int i = 0; i < links->n_links; ++i) {
        const rv_calibrate_verdict verdict =
            rv_calibrate_get(&links->link[i].calibrate);
        if (verdict.state == RV_CALIBRATE_READY) {
            rv_blake3_update(&hash, verdict.id, sizeof verdict.id);
            any = true;
        }
    }
    rv_blake3_final(&hash, digest);
    return any ? rv_load_u64(digest) : 0;
}

// What else looks at the channel starts from the new baseline
static void
adopt(rv_link *const link)
{
    rv_gate_calibrated(&link->gate);
    rv_sanitise_set_template(&link->sanitise, rv_calibrate_static_re(&link->calibrate),
                             rv_calibrate_static_im(&link->calibrate));
    rv_coherence_reset(&link->coherence);
}

void
rv_engine_calibrate_end(rv_engine *const self, const uint64_t t_us)
{
    (void)t_us;
    if (!self->calibration.active) {
        return;
    }
    self->calibration.active = false;
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_link *const link    = &self->links.link[i];
        rv_reason      refused = RV_REASON_NONE;
        (void)rv_calibrate_finish(&link->calibrate, &refused);
        rv_watch_calibrated(link, refused == RV_REASON_NONE);
        if (refused == RV_REASON_NONE) {
            adopt(link);
            rv_link_level_set_base(&link->level);
        } else {
            ++self->counters.noted[refused];
        }
    }
    self->calibration_id = combined_id(&self->links);
}

// The link of a baseline; made when it is new and has one stream, since the bytes do
// not tell receive from transmit chains
static rv_link *
link_of(rv_engine *const self, const rv_calibrate_link *const id,
        const uint16_t n_streams)
{
    const rv_layout *const layout = rv_layout_by_id(id->layout);
    rv_link               *link   = NULL;
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_link_key *const key = &self->links.link[i].key;
        if (key->tx == id->tx && key->layout == layout &&
            key->freq_mhz == id->freq_mhz && key->node == id->node &&
            key->n_rx * key->n_tx == n_streams) {
            return &self->links.link[i];
        }
    }
    const rv_frame first = {.tx       = id->tx,
                            .layout   = layout,
                            .freq_mhz = id->freq_mhz,
                            .node     = id->node,
                            .n_rx     = 1,
                            .n_tx     = 1};
    const bool     fits  = layout && n_streams == 1;
    return fits && rv_link_table_find(&self->links, &first, &link) == RV_REASON_NONE
               ? link
               : NULL;
}

rv_status
rv_engine_take_baseline(rv_engine *const self, const uint8_t *const bytes,
                        const size_t n)
{
    rv_calibrate_link id;
    uint16_t          n_tones, n_streams;
    RV_TRY(rv_calibrate_identify(bytes, n, &id, &n_tones, &n_streams));
    rv_link *const link = link_of(self, &id, n_streams);
    if (!link) {
        return RV_ERR_NOT_FOUND;
    }
    RV_TRY(rv_calibrate_import(&link->calibrate, bytes, n));
    adopt(link);
    rv_watch_calibrated(link, false); // The bytes hold no field model
    link->displaced      = false;
    self->calibration_id = combined_id(&self->links);
    return RV_OK;
}
