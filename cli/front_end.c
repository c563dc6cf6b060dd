// SPDX-License-Identifier: MIT
#include "cli/front_end.h"
#include "platform/lend.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
rv_front_end_init(rv_front_end *const self)
{
    memset(self, 0, sizeof *self);
    rv_wire_init(&self->wire);
}

static void
free_link(rv_front_link *const link)
{
    if (link) {
        for (size_t i = 0; i < sizeof link->memory / sizeof link->memory[0]; ++i) {
            free(link->memory[i]);
        }
        free(link);
    }
}

void
rv_front_end_free(rv_front_end *const self)
{
    for (uint32_t i = 0; i < self->n_links; ++i) {
        free_link(self->link[i]);
    }
    self->n_links = 0;
}

static void *
lend(rv_front_link *const link, const int slot, const size_t n_bytes)
{
    link->memory[slot] = rv_lend(n_bytes + 64);
    return link->memory[slot];
}

// Memory for the three stages and for two sets of samples
static bool
set_up(rv_front_link *const link)
{
    const rv_segment *const   segment = &link->layout->segment[link->layout->primary];
    const uint16_t            streams = (uint16_t)(link->n_rx * link->n_tx);
    const size_t              samples = (size_t)segment->n_tones * streams;
    const rv_normalise_config nc =
        rv_normalise_config_default(link->layout, link->n_rx, link->n_tx);
    const rv_sanitise_config sc = rv_sanitise_config_default(segment->n_tones, streams);
    rv_calibrate_config cc = rv_calibrate_config_default(segment->n_tones, streams);
    size_t              nn = 0, ns = 0, nk = 0;
    cc.link = link->key;
    if (rv_normalise_size(&nc, &nn) != RV_OK || rv_sanitise_size(&sc, &ns) != RV_OK ||
        rv_calibrate_size(&cc, &nk) != RV_OK) {
        return false;
    }
    float *const raw   = lend(link, 3, sizeof(float) * 2 * samples);
    float *const clean = lend(link, 4, sizeof(float) * 2 * samples);
    if (!lend(link, 0, nn) || !lend(link, 1, ns) || !lend(link, 2, nk) || !raw ||
        !clean) {
        return false;
    }
    link->raw.re   = raw;
    link->raw.im   = raw + samples;
    link->clean.re = clean;
    link->clean.im = clean + samples;
    return rv_normalise_init(&link->normalise, &nc, link->memory[0], nn) == RV_OK &&
           rv_sanitise_init(&link->sanitise, &sc, link->memory[1], ns) == RV_OK &&
           rv_calibrate_init(&link->calibrate, &cc, link->memory[2], nk) == RV_OK;
}

static rv_front_link *
find_link(rv_front_end *const self, const rv_frame *const frame)
{
    for (uint32_t i = 0; i < self->n_links; ++i) {
        rv_front_link *const l = self->link[i];
        if (l->key.tx == frame->tx && l->layout == frame->layout &&
            l->key.freq_mhz == frame->freq_mhz && l->key.node == frame->node &&
            l->n_rx == frame->n_rx && l->n_tx == frame->n_tx) {
            return l;
        }
    }
    rv_front_link *const link =
        self->n_links < RV_MAX_LINKS ? calloc(1, sizeof *link) : NULL;
    if (!link) {
        return NULL;
    }
    link->key    = (rv_calibrate_link){.tx       = frame->tx,
                                       .freq_mhz = frame->freq_mhz,
                                       .layout   = frame->layout->id,
                                       .node     = frame->node};
    link->layout = frame->layout;
    link->n_rx   = frame->n_rx;
    link->n_tx   = frame->n_tx;
    if (!set_up(link)) {
        free_link(link);
        return NULL;
    }
    self->link[self->n_links++] = link;
    return link;
}

rv_front_link *
rv_front_end_take(rv_front_end *const self, const rv_capture_item *const item)
{
    static rv_packet packet;
    const rv_frame  *frame = NULL;
    if (item->reason != RV_REASON_NONE) {
        return NULL;
    }
    if (item->input.kind == RV_INPUT_FRAME) {
        frame = item->input.frame;
    } else if (item->input.kind == RV_INPUT_DATAGRAM) {
        rv_wire_decode(&self->wire, &item->input, &packet);
        frame = packet.reason == RV_REASON_NONE && packet.kind == RV_PACKET_CSI
                    ? &packet.frame
                    : NULL;
    }
    if (!frame) {
        return NULL;
    }
    rv_front_link *const link =
        rv_frame_check(frame) == RV_REASON_NONE ? find_link(self, frame) : NULL;
    if (!link ||
        rv_normalise_push(&link->normalise, frame, &link->raw) != RV_REASON_NONE) {
        ++self->n_refused;
        return NULL;
    }
    float *const re    = link->clean.re;
    float *const im    = link->clean.im;
    const size_t bytes = sizeof(float) * link->raw.n_tones * link->raw.n_streams;
    link->clean        = link->raw;
    link->clean.re     = re;
    link->clean.im     = im;
    memcpy(re, link->raw.re, bytes);
    memcpy(im, link->raw.im, bytes);
    if (rv_sanitise_push(&link->sanitise, &link->clean,
                         rv_normalise_weight(&link->normalise),
                         &link->result) != RV_OK) {
        ++self->n_refused;
        return NULL;
    }
    if (link->n_frames++ == 0) {
        link->first_us = link->raw.t_us;
    }
    link->last_us = link->raw.t_us;
    return link;
}

const char *
rv_front_link_name(const rv_front_link *const link, char *const out, const size_t room)
{
    char tx[32]  = "unknown";
    char mhz[32] = "channel unknown";
    if (link->key.tx != RV_TX_UNKNOWN) {
        snprintf(tx, sizeof tx, "%" PRIx64, link->key.tx);
    }
    if (link->key.freq_mhz != 0) {
        snprintf(mhz, sizeof mhz, "%" PRIu32 " MHz", link->key.freq_mhz);
    }
    snprintf(out, room, "node %u, transmitter %s, %s, %s", link->key.node, tx, mhz,
             link->layout->name);
    return out;
}
