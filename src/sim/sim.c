// SPDX-License-Identifier: MIT
#include "base/try.h"
#include "sim/radio.h"

#include <ruview/base/arena.h>
#include <ruview/sim/sim.h>

#include <string.h>

enum { sync_every = 20 }; ///< A node tells its clock after that many reports

/// A datagram on its way to the host
typedef struct {
    rv_sim_packet packet;
    uint8_t       bytes[RV_SIM_MAX_BYTES];
} pending;

typedef struct {
    uint32_t sequence;
    uint64_t last_arrival_us; ///< One socket: a node's datagrams stay in order
} node_state;

typedef struct {
    rv_channel_link channel;
    rv_radio_agc    agc;
    rv_radio_level  level;        ///< Of the channel as it was
    uint32_t        level_number; ///< When; 0 never
    bool            losing;       ///< Inside a run of losses
} link_state;

struct rv_sim_world {
    rv_sim_config     config;
    rv_channel_room   room;
    rv_channel_moment moment;
    rv_random         random;
    rv_radio_tones    tones[2];
    node_state        node[RV_SIM_MAX_NODES];
    uint16_t          slot_node[RV_SIM_MAX_NODES]; ///< Transmitter of each slot
    uint16_t          n_slots;
    uint16_t          n_links;
    link_state       *link;
    uint64_t          slot;  ///< Slots gone by
    pending          *queue; ///< [n_queue] waiting, in order of arrival
    uint32_t          n_queue, room_queue;
    pending           out;
    rv_sim_counters   counters;
};

/// Datagrams that can be on their way at once: arrivals beyond are in the next slots
static uint32_t
queue_size(const rv_sim_config *const c)
{
    // an arrival is at most 12 means of its jitter late (sampler below)
    const float late = c->radio.arrival_delay_us + 12.0F * c->radio.arrival_jitter_us +
                       12.0F * c->radio.slot_jitter_us;
    const float rounds = late * 1e-6F * c->radio.rate_hz + 2.0F;
    return (uint32_t)(int)rounds * (uint32_t)c->n_nodes * (uint32_t)c->n_nodes * 2U;
}

static uint16_t
count_links(const rv_sim_config *const c)
{
    uint16_t n = 0;
    for (uint16_t tx = 0; tx < c->n_nodes; ++tx) {
        for (uint16_t rx = 0; rx < c->n_nodes; ++rx) {
            n = (uint16_t)(n +
                           (tx != rx && c->node[tx].transmits && c->node[rx].receives));
        }
    }
    return n;
}

static rv_sim_world *
lay_out(rv_arena *const arena, const rv_sim_config *const c)
{
    rv_sim_world *const world = rv_arena_take(arena, 1, sizeof *world);
    link_state *const   link  = rv_arena_take(arena, count_links(c), sizeof *link);
    pending *const      queue = rv_arena_take(arena, queue_size(c), sizeof *queue);
    if (world && link && queue) {
        memset(world, 0, sizeof *world);
        memset(link, 0, count_links(c) * sizeof *link);
        world->link       = link;
        world->queue      = queue;
        world->room_queue = queue_size(c);
    }
    return world;
}

rv_status
rv_sim_size(const rv_sim_config *const config, size_t *const n_bytes)
{
    RV_TRY(rv_sim_config_check(config, NULL));
    rv_arena arena = {0};
    lay_out(&arena, config);
    *n_bytes = arena.used;
    return arena.failed ? RV_ERR_CONFIG : RV_OK;
}

static uint32_t
derived_hash(const uint64_t seed, const uint8_t id)
{
    rv_random random;
    rv_random_init(&random, seed, RV_SIM_STREAM_HASH + (uint64_t)id);
    const uint32_t hash = (uint32_t)(rv_random_u64(&random) >> 32);
    return hash ? hash : 1;
}

rv_status
rv_sim_init(rv_sim *const self, const rv_sim_config *const config, void *const memory,
            const size_t n_bytes)
{
    rv_arena arena = {0};
    RV_TRY(rv_sim_config_check(config, NULL));
    RV_TRY(rv_arena_open(&arena, memory, n_bytes, 0));
    rv_sim_world *const w = lay_out(&arena, config);
    if (arena.failed || !w) {
        return RV_ERR_MEMORY;
    }
    w->config = *config;
    for (uint16_t i = 0; i < config->n_nodes; ++i) {
        rv_sim_node *const node = &w->config.node[i];
        node->tx_hash =
            node->tx_hash ? node->tx_hash : derived_hash(config->seed, node->id);
        if (node->transmits) {
            w->slot_node[w->n_slots++] = i;
        }
    }
    rv_channel_room_init(&w->room, &w->config);
    for (uint16_t tx = 0; tx < config->n_nodes; ++tx) {
        for (uint16_t rx = 0; rx < config->n_nodes; ++rx) {
            if (tx != rx && config->node[tx].transmits && config->node[rx].receives) {
                rv_channel_link_init(&w->link[w->n_links++].channel, &w->room, tx, rx);
            }
        }
    }
    rv_random_init(&w->random, config->seed, RV_SIM_STREAM_RADIO);
    rv_radio_tones_of(&w->config.radio, w->tones);
    self->world = w;
    return RV_OK;
}

/// Exponential with that mean, cut off at 12 means
static float
delay(rv_sim_world *const w, const float mean)
{
    return mean > 0.0F
               ? mean * rv_sim_clamp(rv_sim_exponential(&w->random), 0.0F, 12.0F)
               : 0.0F;
}

/// Into the queue behind everything that arrives before it or at the same time
static pending *
enqueue(rv_sim_world *const w, const uint16_t node, const double sent_s)
{
    if (w->n_queue == w->room_queue) {
        return NULL;
    }
    const double late_us = (double)w->config.radio.arrival_delay_us +
                           (double)delay(w, w->config.radio.arrival_jitter_us);
    uint64_t t_us = w->config.start_us + (uint64_t)(int64_t)(sent_s * 1e6 + late_us);
    if (t_us < w->node[node].last_arrival_us) {
        t_us = w->node[node].last_arrival_us;
    }
    w->node[node].last_arrival_us = t_us;
    uint32_t at                   = w->n_queue;
    while (at > 0 && w->queue[at - 1].packet.t_us > t_us) {
        --at;
    }
    memmove(&w->queue[at + 1], &w->queue[at], (w->n_queue - at) * sizeof *w->queue);
    ++w->n_queue;
    pending *const p  = &w->queue[at];
    p->packet         = (rv_sim_packet){.t_us = t_us};
    p->packet.sent_us = w->config.start_us + (uint64_t)(int64_t)(sent_s * 1e6);
    p->packet.node    = w->config.node[node].id;
    return p;
}

/// Gilbert's model: losses come in runs of a given mean length
static bool
is_lost(rv_sim_world *const w, link_state *const link)
{
    const rv_sim_radio *const r = &w->config.radio;
    if (r->loss <= 0.0F) {
        return false;
    }
    const float u    = rv_random_uniform_f32(&w->random);
    const float stay = 1.0F - 1.0F / r->loss_burst;
    const float go   = r->loss / ((1.0F - r->loss) * r->loss_burst);
    link->losing     = link->losing ? u < stay : u < go;
    return link->losing;
}

typedef struct {
    uint64_t base_us;
    double   us; ///< On top of that
} node_clock;

/// What a node's clock shows: since the epoch at first, since its start once it has
/// started again
static node_clock
clock_at(const rv_sim_world *const w, const rv_sim_node *const n, const double t_s)
{
    double   zero_s = 0.0;
    double   off    = (double)n->clock_offset_us;
    uint64_t base   = w->config.start_us;
    for (int i = 0; i < n->n_off; ++i) {
        if (t_s >= (double)n->off[i].to_s) {
            zero_s = (double)n->off[i].to_s;
            off    = 0.0;
            base   = 0;
        }
    }
    if (n->clock_step_s > 0.0F && (double)n->clock_step_s >= zero_s &&
        t_s >= (double)n->clock_step_s) {
        off += (double)n->clock_step_us;
    }
    const double since = t_s - zero_s;
    return (node_clock){base, since * 1e6 + off + since * (double)n->clock_drift_ppm};
}

static uint64_t
stamp_of(const node_clock clock)
{
    return clock.base_us + (uint64_t)(int64_t)clock.us;
}

static bool
is_off(rv_sim_world *const w, const uint16_t node, const double t_s)
{
    const rv_sim_node *const n = &w->config.node[node];
    for (int i = 0; i < n->n_off; ++i) {
        if (t_s >= (double)n->off[i].from_s && t_s < (double)n->off[i].to_s) {
            w->node[node].sequence = 0;
            return true;
        }
    }
    return false;
}

static void
send_sync(rv_sim_world *const w, const uint16_t node, const double t_s)
{
    pending *const p = enqueue(w, node, t_s);
    if (!p) {
        return;
    }
    const rv_sim_node *const n     = &w->config.node[node];
    const node_clock         local = clock_at(w, n, t_s);
    // Who follows the first node's clock is a tenth of a millisecond off
    node_clock mesh = n->free_running ? local : clock_at(w, &w->config.node[0], t_s);
    mesh.us +=
        node == 0 || n->free_running ? 0.0 : 100.0 * (double)rv_sim_normal(&w->random);
    p->packet.sync = true;
    p->packet.tx   = n->id;
    p->packet.n_bytes =
        rv_radio_encode_sync(n->id, node == 0, stamp_of(local), stamp_of(mesh),
                             w->node[node].sequence, p->bytes);
}

static void
receive(rv_sim_world *const w, link_state *const link, const double t_s)
{
    const rv_sim_node *const node     = &w->config.node[link->channel.rx];
    const rv_sim_node *const from     = &w->config.node[link->channel.tx];
    node_state *const        state    = &w->node[link->channel.rx];
    const uint32_t           sequence = state->sequence++;
    if (is_lost(w, link)) {
        ++w->counters.lost;
        return;
    }
    float           re[RV_CHANNEL_TONES], im[RV_CHANNEL_TONES];
    rv_radio_report report;
    const uint32_t  number =
        rv_channel_gain(&link->channel, &w->room, &w->moment, re, im);
    if (number == 0 || number != link->level_number) {
        rv_radio_level_of(&w->config.radio, re, im, &link->level);
        link->level_number = number;
    }
    rv_radio_measure(&link->agc, &w->config.radio, w->tones, &link->level, &w->random,
                     re, im, &report);
    w->counters.clipped += report.clipped;
    pending *const p = enqueue(w, link->channel.rx, t_s);
    if (!p) {
        return;
    }
    const rv_radio_header header = {.node      = node->id,
                                    .freq_mhz  = w->config.radio.freq_mhz,
                                    .sequence  = sequence,
                                    .tx_hash   = from->tx_hash,
                                    .n_entries = w->config.radio.n_entries};
    p->packet.tx                 = from->id;
    p->packet.n_bytes            = rv_radio_encode_csi(&header, &report, p->bytes);
    if (sequence % sync_every == sync_every - 1) {
        send_sync(w, link->channel.rx, t_s);
    }
}

static double
slot_time(const rv_sim_world *const w, const uint64_t slot)
{
    return (double)(int64_t)slot / ((double)w->config.radio.rate_hz * w->n_slots);
}

/// Everything that the next slot's transmission leads to
static void
run_slot(rv_sim_world *const w)
{
    const uint16_t tx = w->slot_node[w->slot % w->n_slots];
    const double   t_s =
        slot_time(w, w->slot) + 1e-6 * (double)delay(w, w->config.radio.slot_jitter_us);
    ++w->slot;
    rv_channel_moment_at(&w->room, t_s, &w->moment);
    for (uint16_t i = 0; i < w->n_links && !is_off(w, tx, t_s); ++i) {
        if (w->link[i].channel.tx == tx && !is_off(w, w->link[i].channel.rx, t_s)) {
            receive(w, &w->link[i], t_s);
        }
    }
}

rv_status
rv_sim_next(rv_sim *const self, rv_sim_packet *const out)
{
    rv_sim_world *const w = self->world;
    // nothing that a later slot sends can arrive before this
    for (;;) {
        const uint64_t safe =
            w->config.start_us +
            (uint64_t)(int64_t)(slot_time(w, w->slot) * 1e6 +
                                (double)w->config.radio.arrival_delay_us);
        if (w->n_queue > 0 && w->queue[0].packet.t_us < safe) {
            break;
        }
        run_slot(w);
    }
    w->out = w->queue[0];
    --w->n_queue;
    memmove(&w->queue[0], &w->queue[1], w->n_queue * sizeof *w->queue);
    w->out.packet.bytes = w->out.bytes;
    *out                = w->out.packet;
    ++w->counters.sent;
    return RV_OK;
}

rv_status
rv_sim_set_persons(rv_sim *const self, const rv_sim_config *const config)
{
    RV_TRY(rv_sim_config_check(config, NULL));
    rv_sim_world *const w = self->world;
    w->config.n_persons   = config->n_persons;
    for (int i = 0; i < config->n_persons; ++i) {
        w->config.person[i] = config->person[i];
        rv_script_init(&w->room.script[i], &w->config.person[i]);
    }
    return RV_OK;
}

void
rv_sim_truth_at(const rv_sim *const self, const uint64_t t_us, rv_sim_truth *const out)
{
    const rv_sim_world *const w   = self->world;
    const double              t_s = (double)(int64_t)(t_us - w->config.start_us) * 1e-6;
    rv_channel_moment         moment;
    rv_channel_moment_at(&w->room, t_s, &moment);
    *out            = (rv_sim_truth){.t_us = t_us, .n_persons = w->config.n_persons};
    out->doors_open = moment.doors;
    out->fans_on    = moment.fans;
    out->moves      = 0;
    for (uint32_t left = moment.moves; left != 0; left >>= 2) {
        out->moves += left & 3U;
    }
    for (int i = 0; i < w->config.n_persons; ++i) {
        rv_body body;
        rv_body_at(&w->room.script[i], &w->config.person[i], t_s, &body,
                   &out->person[i]);
    }
}

rv_status
rv_sim_channel(rv_sim *const self, const uint16_t tx, const uint16_t rx,
               const double t_s, const uint16_t n, const int16_t *const tone,
               float *const re, float *const im)
{
    rv_sim_world *const w = self->world;
    for (uint16_t k = 0; k < n; ++k) {
        if (tone[k] < -32 || tone[k] > 31) {
            return RV_ERR_RANGE;
        }
    }
    for (uint16_t i = 0; i < w->n_links; ++i) {
        if (w->link[i].channel.tx == tx && w->link[i].channel.rx == rx) {
            float             all_re[RV_CHANNEL_TONES], all_im[RV_CHANNEL_TONES];
            rv_channel_moment moment;
            rv_channel_moment_at(&w->room, t_s, &moment);
            (void)rv_channel_gain(&w->link[i].channel, &w->room, &moment, all_re,
                                  all_im);
            for (uint16_t k = 0; k < n; ++k) {
                re[k] = all_re[tone[k] + 32];
                im[k] = all_im[tone[k] + 32];
            }
            return RV_OK;
        }
    }
    return RV_ERR_NOT_FOUND;
}

uint32_t
rv_sim_tx_hash(const rv_sim *const self, const uint16_t index)
{
    return self->world->config.node[index].tx_hash;
}

rv_sim_counters
rv_sim_counts(const rv_sim *const self)
{
    return self->world->counters;
}
