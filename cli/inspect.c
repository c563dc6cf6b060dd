// SPDX-License-Identifier: MIT
#include "cli/inspect.h"

#include <stdlib.h>
#include <string.h>

static bool
is_same(const rv_inspect_link *const l, const rv_frame *const f)
{
    return l->tx == f->tx && l->layout == f->layout && l->freq_mhz == f->freq_mhz &&
           l->node == f->node && l->n_rx == f->n_rx && l->n_tx == f->n_tx;
}

static rv_inspect_link *
find_link(rv_inspect *const self, const rv_frame *const f)
{
    for (size_t i = 0; i < self->n_links; ++i) {
        if (is_same(&self->links[i], f)) {
            return &self->links[i];
        }
    }
    if (self->n_links == self->capacity) {
        const size_t           more  = self->capacity ? 2 * self->capacity : 16;
        rv_inspect_link *const grown = realloc(self->links, more * sizeof *self->links);
        if (!grown) {
            self->out_of_memory = true;
            return NULL;
        }
        self->links    = grown;
        self->capacity = more;
    }
    rv_inspect_link *const made = &self->links[self->n_links++];
    *made                       = (rv_inspect_link){.tx       = f->tx,
                                                    .layout   = f->layout,
                                                    .freq_mhz = f->freq_mhz,
                                                    .node     = f->node,
                                                    .n_rx     = f->n_rx,
                                                    .n_tx     = f->n_tx,
                                                    .first_us = f->t_us};
    return made;
}

static void
add_interval(rv_inspect *const self, rv_inspect_link *const l, const uint64_t us)
{
    if (l->n_intervals == l->capacity) {
        const size_t more  = l->capacity ? 2 * l->capacity : 256;
        float *const grown = realloc(l->interval_us, more * sizeof *l->interval_us);
        if (!grown) {
            self->out_of_memory = true;
            return;
        }
        l->interval_us = grown;
        l->capacity    = more;
    }
    l->interval_us[l->n_intervals++] = (float)us;
    l->longest_us                    = us > l->longest_us ? us : l->longest_us;
}

static void
take_sequence(rv_inspect_node *const l, const rv_frame *const f)
{
    ++l->n_frames;
    if (!f->has_sequence) {
        return;
    }
    if (l->has_sequence) {
        const int32_t d = rv_sequence_distance(f->sequence, l->sequence);
        if (d == 0) {
            ++l->duplicates;
        } else if (d < 0) {
            ++l->reordered;
            return;
        } else if (d < 1 << 20) { // beyond that the sender began again
            l->lost += (uint64_t)d - 1;
        }
    }
    l->has_sequence = true;
    l->sequence     = f->sequence;
}

static void
take_frame(rv_inspect *const self, const rv_frame *const f)
{
    rv_inspect_link *const l = find_link(self, f);
    ++self->n_accepted;
    take_sequence(&self->nodes[f->node], f);
    if (!l) {
        return;
    }
    if (l->n_frames > 0) {
        if (f->t_us < l->last_us) {
            ++l->n_backwards;
        } else {
            add_interval(self, l, f->t_us - l->last_us);
        }
    }
    ++l->n_frames;
    l->last_us = f->t_us;
    l->n_synthetic += f->synthetic;
    l->n_amplitude_only += f->amplitude_only;
    if (f->rssi_dbm != RV_DBM_UNKNOWN) {
        ++l->rssi_known;
        ++l->rssi_count[f->rssi_dbm + 128];
    }
}

static void
refuse(rv_inspect *const self, const rv_capture_item *const item, const rv_reason why)
{
    if (self->refused[why]++ == 0) {
        self->first_refused[why] = item->line ? item->line : item->offset;
        self->refused_by_line    = item->line != 0;
    }
    ++self->n_refused;
}

static void
take_packet(rv_inspect *const self, const rv_capture_item *const item,
            const rv_packet *const p)
{
    ++self->n_packets[p->kind];
    if (p->reason != RV_REASON_NONE) {
        refuse(self, item, p->reason);
    } else if (p->kind == RV_PACKET_CSI) {
        take_frame(self, &p->frame);
    }
}

void
rv_inspect_take(rv_inspect *const self, const rv_capture_item *const item,
                const rv_packet *const packet)
{
    if (item->reason != RV_REASON_NONE) {
        refuse(self, item, item->reason);
        return;
    }
    const rv_input *const in = &item->input;
    ++self->n_inputs[in->kind <= RV_INPUT_NOTE ? in->kind : RV_INPUT_NONE];
    if (in->kind != RV_INPUT_NOTE) {
        self->first_us =
            !self->any_time || in->t_us < self->first_us ? in->t_us : self->first_us;
        self->last_us =
            !self->any_time || in->t_us > self->last_us ? in->t_us : self->last_us;
        self->any_time = true;
    }
    if (in->kind == RV_INPUT_FRAME) {
        take_frame(self, in->frame);
    } else if (packet) {
        take_packet(self, item, packet);
    }
}

void
rv_inspect_free(rv_inspect *const self)
{
    for (size_t i = 0; i < self->n_links; ++i) {
        free(self->links[i].interval_us);
    }
    free(self->links);
    *self = (rv_inspect){0};
}

static int
compare_floats(const void *const a, const void *const b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static int
compare_links(const void *const a, const void *const b)
{
    const rv_inspect_link *const x = a, *const y = b;
    if (x->node != y->node) {
        return x->node < y->node ? -1 : 1;
    }
    if (x->tx != y->tx) {
        return x->tx < y->tx ? -1 : 1;
    }
    if (x->freq_mhz != y->freq_mhz) {
        return x->freq_mhz < y->freq_mhz ? -1 : 1;
    }
    if (x->layout != y->layout) {
        return x->layout->id < y->layout->id ? -1 : 1;
    }
    return x->n_rx * 8 + x->n_tx - y->n_rx * 8 - y->n_tx;
}

void
rv_inspect_finish(rv_inspect *const self)
{
    for (size_t i = 0; i < self->n_links; ++i) {
        rv_inspect_link *const l = &self->links[i];
        if (l->n_intervals > 1) {
            qsort(l->interval_us, l->n_intervals, sizeof *l->interval_us,
                  compare_floats);
        }
    }
    if (self->n_links > 1) {
        qsort(self->links, self->n_links, sizeof *self->links, compare_links);
    }
}

double
rv_inspect_median_us(const rv_inspect_link *const l)
{
    return l->n_intervals ? (double)l->interval_us[l->n_intervals / 2] : 0.0;
}

uint64_t
rv_inspect_gaps(const rv_inspect_link *const l)
{
    const float limit = 3.0F * (float)rv_inspect_median_us(l);
    uint64_t    n     = 0;
    for (size_t i = l->n_intervals; i-- > 0 && l->interval_us[i] > limit;) {
        ++n;
    }
    return n;
}

double
rv_inspect_rate(const rv_inspect_link *const l)
{
    return l->n_frames > 1 && l->last_us > l->first_us
               ? (double)(l->n_frames - 1) * 1e6 / (double)(l->last_us - l->first_us)
               : 0.0;
}

int
rv_inspect_rssi(const rv_inspect_link *const l, const double part)
{
    const double below = part * (double)(l->rssi_known - 1);
    uint64_t     n     = 0;
    for (int i = 0; i < 256; ++i) {
        n += l->rssi_count[i];
        if ((double)n > below) {
            return i - 128;
        }
    }
    return RV_DBM_UNKNOWN;
}
