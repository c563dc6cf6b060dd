// SPDX-License-Identifier: MIT
#include "cli/convert.h"

#include <stdlib.h>
#include <string.h>

static bool
is_same(const rv_convert_link *const l, const rv_frame *const f)
{
    return l->layout == f->layout && l->tx == f->tx && l->freq_mhz == f->freq_mhz &&
           l->node == f->node && l->n_rx == f->n_rx && l->n_tx == f->n_tx &&
           l->amplitude_only == f->amplitude_only && l->synthetic == f->synthetic;
}

static rv_convert_link *
find_link(rv_convert_links *const links, const rv_frame *const f)
{
    for (size_t i = 0; i < links->n; ++i) {
        if (is_same(&links->link[i], f)) {
            return &links->link[i];
        }
    }
    rv_convert_link *const grown =
        realloc(links->link, (links->n + 1) * sizeof *links->link);
    if (!grown) {
        return NULL;
    }
    links->link                 = grown;
    rv_convert_link *const made = &links->link[links->n++];
    *made                       = (rv_convert_link){
                              .layout         = f->layout,
                              .tx             = f->tx,
                              .freq_mhz       = f->freq_mhz,
                              .node           = f->node,
                              .n_rx           = f->n_rx,
                              .n_tx           = f->n_tx,
                              .amplitude_only = f->amplitude_only,
                              .synthetic      = f->synthetic,
                              .n_samples      = (size_t)f->n_rx * f->n_tx * f->layout->n_entries,
    };
    return made;
}

static bool
grow(void **const array, const size_t n, const size_t each)
{
    void *const more = realloc(*array, n * each);
    if (more) {
        *array = more;
    }
    return more != NULL;
}

static bool
make_room(rv_convert_link *const l)
{
    if (l->n < l->capacity) {
        return true;
    }
    const size_t n  = l->capacity ? 2 * l->capacity : 64;
    void *arrays[5] = {l->samples, l->t_us, l->sequence, l->rssi_dbm, l->noise_dbm};
    const size_t each[5] = {l->n_samples * 2 * sizeof(float), sizeof(uint64_t),
                            sizeof(uint32_t), 1, 1};
    bool         good    = true;
    for (int i = 0; i < 5; ++i) {
        good = grow(&arrays[i], n, each[i]) && good;
    }
    l->samples   = arrays[0];
    l->t_us      = arrays[1];
    l->sequence  = arrays[2];
    l->rssi_dbm  = arrays[3];
    l->noise_dbm = arrays[4];
    if (good) {
        l->capacity = n;
    }
    return good;
}

bool
rv_convert_gather(rv_convert_links *const links, const rv_frame *const f)
{
    rv_convert_link *const l = find_link(links, f);
    if (!l || !make_room(l)) {
        return false;
    }
    float *const to = l->samples + l->n * l->n_samples * 2;
    for (size_t i = 0; i < l->n_samples; ++i) {
        to[2 * i]     = f->re[i];
        to[2 * i + 1] = f->im[i];
    }
    l->t_us[l->n]      = f->t_us;
    l->sequence[l->n]  = f->sequence;
    l->rssi_dbm[l->n]  = f->rssi_dbm;
    l->noise_dbm[l->n] = f->noise_dbm;
    ++l->n;
    return true;
}

void
rv_convert_links_free(rv_convert_links *const links)
{
    for (size_t i = 0; i < links->n; ++i) {
        rv_convert_link *const l = &links->link[i];
        free(l->samples);
        free(l->t_us);
        free(l->sequence);
        free(l->rssi_dbm);
        free(l->noise_dbm);
    }
    free(links->link);
    *links = (rv_convert_links){0};
}
