// SPDX-License-Identifier: MIT
#include "sim/channel.h"

#include <string.h>

static rv_vec3
at(const float p[3])
{
    return rv_vec(p[0], p[1], p[2]);
}

void
rv_channel_room_init(rv_channel_room *const self, const rv_sim_config *const config)
{
    *self                   = (rv_channel_room){.config = config};
    const float *const size = config->room.size_m;
    rv_box_init(&self->box, &config->room, config->radio.freq_mhz);
    for (int i = 0; i < config->n_partitions; ++i) {
        const rv_sim_partition *const p = &config->partition[i];
        const float                   f = self->box.freq_ghz;
        self->pass[i]                   = rv_material_transmission(
                              rv_material_permittivity(p->material, f), f, p->thickness_m);
        self->door_pass[i] = rv_material_transmission(
            rv_material_permittivity(RV_SIM_WOOD, f), f, 0.04F);
    }
    rv_random random;
    rv_random_init(&random, config->seed, RV_SIM_STREAM_CLUTTER);
    for (int i = 0; i < config->n_clutter; ++i) {
        self->clutter[i].x = size[0] * (0.05F + 0.9F * rv_random_uniform_f32(&random));
        self->clutter[i].y = size[1] * (0.05F + 0.9F * rv_random_uniform_f32(&random));
        self->clutter[i].z = size[2] * (0.05F + 0.6F * rv_random_uniform_f32(&random));
        const float db     = RV_SIM_RCS_CLUTTER_LOW_DB +
                         (RV_SIM_RCS_CLUTTER_HIGH_DB - RV_SIM_RCS_CLUTTER_LOW_DB) *
                             rv_random_uniform_f32(&random);
        self->clutter_root_rcs[i] = __builtin_sqrtf(rv_sim_from_db(db));
    }
    for (int i = 0; i < config->n_persons; ++i) {
        rv_script_init(&self->script[i], &config->person[i]);
    }
}

/// Amplitude left after the inner walls between two points
static float
through_walls(const rv_channel_room *const room, const uint32_t doors, const rv_vec3 a,
              const rv_vec3 b)
{
    float left = 1.0F;
    for (int i = 0; i < room->config->n_partitions; ++i) {
        const rv_sim_partition *const p   = &room->config->partition[i];
        const float                   wx  = p->to_m[0] - p->from_m[0];
        const float                   wy  = p->to_m[1] - p->from_m[1];
        const float                   dx  = b.x - a.x;
        const float                   dy  = b.y - a.y;
        const float                   det = dx * wy - dy * wx;
        if (det == 0.0F) {
            continue;
        }
        const float ox = p->from_m[0] - a.x;
        const float oy = p->from_m[1] - a.y;
        const float s  = (ox * wy - oy * wx) / det; // along the ray
        const float u  = (ox * dy - oy * dx) / det; // along the wall
        if (s <= 0.0F || s >= 1.0F || u < 0.0F || u > 1.0F) {
            continue;
        }
        const float metres = u * __builtin_sqrtf(wx * wx + wy * wy);
        const float height = a.z + s * (b.z - a.z);
        const bool  door =
            metres > p->door_m[0] && metres < p->door_m[1] && height < 2.0F;
        left *= !door ? room->pass[i] : (doors >> i & 1U) ? 1.0F : room->door_pass[i];
    }
    return left;
}

/// Turns per metre at the carrier
static double
carrier_of(const rv_channel_room *const room)
{
    return (double)room->config->radio.freq_mhz * 1e6 / RV_SIM_C_MPS;
}

/// Gain of a scattered path: the bistatic radar equation
static inline float
scatter_gain(const float wavelength_m, const float root_rcs, const double d1,
             const double d2)
{
    const double near = 0.2; // closer than this the far field does not hold
    return wavelength_m * root_rcs /
           (float)(44.546623974653656 * (d1 > near ? d1 : near) *
                   (d2 > near ? d2 : near));
}

/// How a ray of that length turns at the carrier and from tone to tone
static void
turn_ray(rv_channel_turns *const out, const rv_channel_room *const room,
         const double length_m)
{
    out->carrier = rv_sim_turn(-length_m * carrier_of(room));
    rv_comb_init(&out->comb,
                 (double)(float)(-length_m * (RV_SIM_SPACING_HZ / RV_SIM_C_MPS)));
}

/// Adds a ray at every tone
static void
add_ray(const rv_channel_turns *const turns, const rv_cplx gain, float *const re,
        float *const im)
{
    rv_comb_add(&turns->comb, rv_cplx_mul(gain, turns->carrier), re, im);
}

void
rv_channel_link_init(rv_channel_link *const self, const rv_channel_room *const room,
                     const uint16_t tx, const uint16_t rx)
{
    memset(self, 0, sizeof *self);
    self->tx      = tx;
    self->rx      = rx;
    self->tx_at   = at(room->config->node[tx].position_m);
    self->rx_at   = at(room->config->node[rx].position_m);
    self->n_paths = rv_box_paths(&room->box, self->tx_at, self->rx_at, 2, self->path);
    self->doors   = UINT32_MAX;
    self->moves   = UINT32_MAX;
    for (int i = 0; i < room->config->n_clutter; ++i) {
        const double  d1   = rv_vec_distance(self->tx_at, room->clutter[i]);
        const double  d2   = rv_vec_distance(room->clutter[i], self->rx_at);
        const rv_cplx gain = {
            scatter_gain(room->box.wavelength_m, room->clutter_root_rcs[i], d1, d2), 0};
        rv_channel_turns turns;
        turn_ray(&turns, room, d1 + d2);
        add_ray(&turns, gain, self->still_re, self->still_im);
    }
    for (int p = 0; p < self->n_paths; ++p) {
        turn_ray(&self->turns[p], room, self->path[p].length_m);
    }
}

static bool
is_in(const rv_sim_span *const span, const uint8_t n, const double t)
{
    for (uint8_t i = 0; i < n; ++i) {
        if (t >= (double)span[i].from_s && t < (double)span[i].to_s) {
            return true;
        }
    }
    return false;
}

// Two bits per piece: how often it was moved
static uint32_t
moves_at(const rv_sim_config *const c, const double t_s)
{
    uint32_t moves = 0;
    for (int i = 0; i < c->n_furniture; ++i) {
        uint32_t n = 0;
        while (n < c->furniture[i].n_moves &&
               t_s >= (double)c->furniture[i].move_s[n]) {
            ++n;
        }
        moves |= n << 2 * i;
    }
    return moves;
}

void
rv_channel_moment_at(const rv_channel_room *const room, const double t_s,
                     rv_channel_moment *const out)
{
    const rv_sim_config *const c = room->config;
    out->t_s                     = t_s;
    out->doors                   = 0;
    out->fans                    = 0;
    out->n_bodies                = 0;
    out->moves                   = moves_at(c, t_s);
    for (int i = 0; i < c->n_partitions; ++i) {
        out->doors |= (uint32_t)is_in(c->partition[i].open, c->partition[i].n_open, t_s)
                      << i;
    }
    for (int i = 0; i < c->n_fans && i < RV_SIM_MAX_FANS; ++i) {
        const rv_sim_fan *const f = &c->fan[i];
        out->fans |= (uint32_t)(t_s >= (double)f->from_s &&
                                (f->until_s <= 0.0F || t_s < (double)f->until_s))
                     << i;
    }
    for (int i = 0; i < c->n_persons; ++i) {
        out->n_bodies += rv_body_at(&room->script[i], &c->person[i], t_s,
                                    &out->body[out->n_bodies], NULL);
    }
}

/// Straight path and walls: what people leave of it
static void
add_paths(rv_channel_link *const link, const rv_channel_room *const room,
          const rv_channel_moment *const moment, float *const re, float *const im)
{
    if (link->doors != moment->doors) {
        for (int p = 0; p < link->n_paths; ++p) {
            const rv_path *const path = &link->path[p];
            link->wall_loss[p]        = 1.0F;
            for (int i = 0; i <= path->n_bounces; ++i) {
                link->wall_loss[p] *= through_walls(
                    room, moment->doors, path->corner[i], path->corner[i + 1]);
            }
        }
        link->doors = moment->doors;
    }
    float left[RV_PATHS_MAX];
    for (int p = 0; p < link->n_paths; ++p) {
        left[p] = link->wall_loss[p] * link->screen_loss[p];
    }
    rv_channel_shade(moment->body, moment->n_bodies, room->box.wavelength_m, link->path,
                     link->n_paths, left);
    for (int p = 0; p < link->n_paths; ++p) {
        const rv_path *const path = &link->path[p];
        const rv_cplx        gain = {path->gain.re * left[p], path->gain.im * left[p]};
        add_ray(&link->turns[p], gain, re, im);
    }
}

enum { walls = 6 };

/// Distances of scatterers from a point and from its images in the walls
typedef struct {
    rv_vec3 at[1 + walls];
    double  m[1 + walls][RV_BUNDLE_RAYS];
    double  centre_m[1 + walls];
} fan_out;

static void
measure_ways(fan_out *const out, const rv_box *const box, const rv_vec3 end,
             const rv_vec3 centre, const rv_vec3 point[RV_BUNDLE_RAYS])
{
    double x[RV_BUNDLE_RAYS], y[RV_BUNDLE_RAYS], z[RV_BUNDLE_RAYS];
    for (int i = 0; i < RV_BUNDLE_RAYS; ++i) {
        x[i] = (double)point[i].x;
        y[i] = (double)point[i].y;
        z[i] = (double)point[i].z;
    }
    for (int w = 0; w <= walls; ++w) {
        const rv_vec3 from = w == 0 ? end : rv_box_image(box, w - 1, end);
        out->at[w]         = from;
        out->centre_m[w]   = rv_vec_distance(from, centre);
        for (int i = 0; i < RV_BUNDLE_RAYS; ++i) {
            const double dx = (double)from.x - x[i];
            const double dy = (double)from.y - y[i];
            const double dz = (double)from.z - z[i];
            out->m[w][i]    = __builtin_sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
}

/// One way: `from` and `to` number the point or its image on either side
static void
add_way(const fan_out *const tx, const fan_out *const rx, const int from, const int to,
        const rv_channel_room *const room, const rv_cplx wall, const int n,
        const float root_rcs[RV_BUNDLE_RAYS], float *const re, float *const im)
{
    rv_bundle   all;
    const float wavelength_m = room->box.wavelength_m;
    const int   whole        = (n + 7) & ~7;
    all.n                    = n;
    for (int i = 0; i < whole; ++i) {
        const double d1 = tx->m[from][i];
        const double d2 = rx->m[to][i];
        const float  g  = scatter_gain(wavelength_m, root_rcs[i], d1, d2);
        all.re[i]       = wall.re * g;
        all.im[i]       = wall.im * g;
        all.length_m[i] = d1 + d2;
    }
    rv_bundle_add(&all, tx->centre_m[from] + rx->centre_m[to], carrier_of(room), re,
                  im);
}

/// What `n` scatterers about `centre` send on, straight and over one wall
static void
add_scatterers(const rv_channel_link *const link, const rv_channel_room *const room,
               const uint32_t doors, const rv_vec3 centre, const rv_vec3 *const point,
               const float *const root_rcs, const int n, float *const re,
               float *const im)
{
    rv_vec3 padded[RV_BUNDLE_RAYS];
    float   root[RV_BUNDLE_RAYS] = {0};
    fan_out tx, rx;
    for (int i = 0; i < RV_BUNDLE_RAYS; ++i) {
        padded[i] = i < n ? point[i] : centre;
        root[i]   = i < n ? root_rcs[i] : 0.0F;
    }
    measure_ways(&tx, &room->box, link->tx_at, centre, padded);
    measure_ways(&rx, &room->box, link->rx_at, centre, padded);
    const float left = through_walls(room, doors, link->tx_at, centre) *
                       through_walls(room, doors, centre, link->rx_at);
    for (int way = 0; way < RV_CHANNEL_BOUNCES; ++way) {
        // 0 straight; 1..6 over a wall first; 7..12 over a wall last
        const int from = way <= walls ? way : 0;
        const int to   = way <= walls ? 0 : way - walls;
        rv_cplx   wall = {1.0F, 0.0F};
        if (from > 0) {
            wall = rv_box_reflection(&room->box, from - 1, tx.at[from], centre);
        } else if (to > 0) {
            wall = rv_box_reflection(&room->box, to - 1, rx.at[to], centre);
        }
        wall.re *= left;
        wall.im *= left;
        if (wall.re != 0.0F || wall.im != 0.0F) {
            add_way(&tx, &rx, from, to, room, wall, n, root, re, im);
        }
    }
}

/// Tips of the blades, on a head that swings
static void
add_fan(const rv_channel_link *const link, const rv_channel_room *const room,
        const rv_channel_moment *const moment, const rv_sim_fan *const fan,
        float *const re, float *const im)
{
    rv_vec3       point[8];
    float         root_rcs[8];
    const rv_vec3 centre = at(fan->position_m);
    const int     n      = fan->n_blades < 8 ? fan->n_blades : 8;
    const float   swing =
        fan->swing_rad * rv_sim_wave(moment->t_s / (double)fan->swing_period_s);
    const float c = rv_cos_f32(swing);
    const float s = rv_sin_f32(swing);
    for (int i = 0; i < n; ++i) {
        const rv_cplx w =
            rv_sim_turn(moment->t_s * (double)fan->rpm / 60.0 + (double)i / n);
        const float r = 0.7F * fan->radius_m;
        point[i]      = rv_vec(centre.x - s * r * w.re, centre.y + c * r * w.re,
                               centre.z + r * w.im);
        root_rcs[i]   = __builtin_sqrtf(RV_SIM_RCS_BLADE);
    }
    add_scatterers(link, room, moment->doors, centre, point, root_rcs, n, re, im);
}

// A piece of furniture where it stands now, as a body that does not move
static rv_body
piece_at(const rv_sim_furniture *const f, const uint32_t n_moves)
{
    const float *const at   = n_moves > 0 ? f->to_m[n_moves - 1] : f->at_m;
    rv_body            body = {.centre = rv_vec(at[0], at[1], 0.5F * f->size_m[2]),
                               .top    = f->size_m[2],
                               .bottom = 0.0F,
                               .width  = f->size_m[0]};
    for (int i = 0; i < RV_SIM_FURNITURE_PARTS; ++i) {
        const float x    = (i & 1 ? 0.4F : -0.4F) * f->size_m[0];
        const float y    = (i & 2 ? 0.4F : -0.4F) * f->size_m[1];
        const float z    = (i & 4 ? 0.75F : 0.25F) * f->size_m[2];
        body.point[i]    = rv_vec(at[0] + x, at[1] + y, z);
        body.root_rcs[i] = __builtin_sqrtf(f->rcs_m2 / RV_SIM_FURNITURE_PARTS);
    }
    return body;
}

// What stands still, anew when something was put elsewhere or a door was moved
static void
place_furniture(rv_channel_link *const link, const rv_channel_room *const room,
                const rv_channel_moment *const moment)
{
    if (link->moves == moment->moves && link->doors == moment->doors) {
        return;
    }
    link->moves     = moment->moves;
    link->has_empty = false;
    memcpy(link->placed_re, link->still_re, sizeof link->still_re);
    memcpy(link->placed_im, link->still_im, sizeof link->still_im);
    for (int p = 0; p < link->n_paths; ++p) {
        link->screen_loss[p] = 1.0F;
    }
    for (int i = 0; i < room->config->n_furniture; ++i) {
        const rv_body body =
            piece_at(&room->config->furniture[i], moment->moves >> 2 * i & 3U);
        add_scatterers(link, room, moment->doors, body.centre, body.point,
                       body.root_rcs, RV_SIM_FURNITURE_PARTS, link->placed_re,
                       link->placed_im);
        rv_channel_shade(&body, 1, room->box.wavelength_m, link->path, link->n_paths,
                         link->screen_loss);
    }
}

uint32_t
rv_channel_gain(rv_channel_link *const link, const rv_channel_room *const room,
                const rv_channel_moment *const moment, float *const re, float *const im)
{
    const size_t n = sizeof link->still_re;
    place_furniture(link, room, moment);
    if (link->has_empty && moment->n_bodies == 0) {
        memcpy(re, link->empty_re, n);
        memcpy(im, link->empty_im, n);
    } else {
        memcpy(re, link->placed_re, n);
        memcpy(im, link->placed_im, n);
        add_paths(link, room, moment, re, im);
    }
    if (moment->n_bodies == 0 && !link->has_empty) {
        memcpy(link->empty_re, re, n);
        memcpy(link->empty_im, im, n);
        link->has_empty = true;
        ++link->empty_number;
    }
    for (int b = 0; b < moment->n_bodies; ++b) {
        const rv_body *const body = &moment->body[b];
        add_scatterers(link, room, moment->doors, body->centre, body->point,
                       body->root_rcs, RV_BODY_SCATTERERS, re, im);
    }
    for (int i = 0; i < room->config->n_fans; ++i) {
        if (moment->fans >> i & 1U) {
            add_fan(link, room, moment, &room->config->fan[i], re, im);
        }
    }
    return moment->n_bodies == 0 && moment->fans == 0 ? link->empty_number : 0;
}
