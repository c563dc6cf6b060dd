// SPDX-License-Identifier: MIT
#include "cli/scenario_file.h"

#include "base/try.h"
#include "cli/scenario_schema.h"
#include "platform/yaml_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RADIANS_PER_DEGREE 0.017453292F

/// Copy what was written over the default
#define TAKE(to, from)                                                                 \
    do {                                                                               \
        if (from) {                                                                    \
            (to) = *(from);                                                            \
        }                                                                              \
    } while (0)

#define TAKE_SCALED(to, from, scale)                                                   \
    do {                                                                               \
        if (from) {                                                                    \
            (to) = *(from) * (scale);                                                  \
        }                                                                              \
    } while (0)

static void
take_room(const yaml_sim_room *const from, rv_sim_room *const to)
{
    if (!from) {
        return;
    }
    memcpy(to->size_m, from->size, sizeof to->size_m);
    const yaml_sim_walls *const w = from->walls;
    if (w) {
        const int wall[6] = {w->west,  w->east,  w->south,
                             w->north, w->floor, w->ceiling};
        for (int i = 0; i < 6; ++i) {
            to->wall[i] = (rv_sim_material)wall[i];
        }
    }
}

static void
take_radio(const yaml_sim_radio *const from, rv_sim_radio *const to)
{
    if (!from) {
        return;
    }
    TAKE(to->freq_mhz, from->freq_mhz);
    TAKE(to->rate_hz, from->rate_hz);
    TAKE(to->n_entries, from->entries);
    TAKE(to->tx_dbm, from->tx_dbm);
    TAKE(to->noise_figure_db, from->noise_figure_db);
    TAKE(to->noise, from->noise);
    TAKE(to->evm_db, from->evm_db);
    TAKE(to->common_phase, from->common_phase);
    TAKE(to->sto_ns, from->sto_ns);
    TAKE(to->agc_step_db, from->agc_step_db);
    TAKE(to->agc_toggle, from->agc_toggle);
    TAKE(to->agc_target, from->agc_target);
    TAKE(to->loss, from->loss);
    TAKE(to->loss_burst, from->loss_burst);
    TAKE(to->slot_jitter_us, from->slot_jitter_us);
    TAKE(to->arrival_delay_us, from->arrival_delay_us);
    TAKE(to->arrival_jitter_us, from->arrival_jitter_us);
    to->n_dead = (uint8_t)from->dead_count;
    for (unsigned i = 0; i < from->dead_count; ++i) {
        to->dead[i] = from->dead[i];
    }
}

static uint8_t
take_spans(const yaml_sim_pair *const from, const unsigned n, rv_sim_span *const to)
{
    for (unsigned i = 0; i < n; ++i) {
        to[i].from_s = from[i].at[0];
        to[i].to_s   = from[i].at[1];
    }
    return (uint8_t)n;
}

static void
take_node(const yaml_sim_node *const from, rv_sim_node *const to)
{
    *to = (rv_sim_node){.id = from->id, .transmits = true, .receives = true};
    memcpy(to->position_m, from->position, sizeof to->position_m);
    TAKE(to->transmits, from->transmits);
    TAKE(to->receives, from->receives);
    TAKE(to->clock_offset_us, from->clock_offset_us);
    TAKE(to->clock_drift_ppm, from->clock_drift_ppm);
    TAKE(to->clock_step_us, from->clock_step_us);
    TAKE(to->clock_step_s, from->clock_step_s);
    TAKE(to->free_running, from->free_running);
    to->n_off = take_spans(from->off, from->off_count, to->off);
}

static rv_status
take_person(const yaml_sim_person *const from, const rv_sim_config *const c,
            const unsigned index, rv_sim_person *const to)
{
    rv_sim_person_default(to);
    TAKE(to->height_m, from->height_m);
    TAKE_SCALED(to->facing_rad, from->facing_deg, RADIANS_PER_DEGREE);
    TAKE_SCALED(to->breath_hz, from->breaths_per_min, 1.0F / 60.0F);
    TAKE_SCALED(to->breath_m, from->breath_mm, 1e-3F);
    TAKE(to->breath_fm, from->breath_wander);
    TAKE_SCALED(to->heart_hz, from->heart_per_min, 1.0F / 60.0F);
    TAKE_SCALED(to->heart_m, from->heart_mm, 1e-3F);
    TAKE_SCALED(to->sway_m, from->sway_mm, 1e-3F);
    TAKE(to->from_s, from->from_s);
    TAKE(to->until_s, from->until_s);
    TAKE(to->loop, from->loop);
    to->n_held = take_spans(from->held, from->held_count, to->held);
    for (unsigned i = 0; i < from->stops_count; ++i) {
        const yaml_sim_stop *const stop = &from->stops[i];
        to->waypoint[i]                 = (rv_sim_waypoint){.x_m       = stop->at[0],
                                                            .y_m       = stop->at[1],
                                                            .speed_mps = 1.0F,
                                                            .posture   = (rv_sim_posture)stop->posture};
        TAKE(to->waypoint[i].pause_s, stop->pause_s);
        TAKE(to->waypoint[i].speed_mps, stop->speed_mps);
        to->n_waypoints = (uint16_t)(i + 1);
    }
    if (from->wander) {
        return rv_sim_person_wander(to, &c->room, c->seed * 1000003U + index,
                                    *from->wander);
    }
    return RV_OK;
}

static void
take_partition(const yaml_sim_partition *const from, rv_sim_partition *const to)
{
    *to = (rv_sim_partition){.thickness_m = 0.1F,
                             .material    = (rv_sim_material)from->material};
    memcpy(to->from_m, from->from, sizeof to->from_m);
    memcpy(to->to_m, from->to, sizeof to->to_m);
    if (from->door) {
        memcpy(to->door_m, from->door, sizeof to->door_m);
    }
    TAKE(to->thickness_m, from->thickness_m);
    to->n_open = take_spans(from->open, from->open_count, to->open);
}

static void
take_fan(const yaml_sim_fan *const from, rv_sim_fan *const to)
{
    *to = (rv_sim_fan){
        .radius_m = 0.2F, .rpm = 900.0F, .n_blades = 3, .swing_period_s = 12.0F};
    memcpy(to->position_m, from->position, sizeof to->position_m);
    TAKE(to->radius_m, from->radius_m);
    TAKE(to->rpm, from->rpm);
    TAKE(to->n_blades, from->blades);
    TAKE_SCALED(to->swing_rad, from->swing_deg, RADIANS_PER_DEGREE);
    TAKE(to->swing_period_s, from->swing_period_s);
    TAKE(to->from_s, from->from_s);
    TAKE(to->until_s, from->until_s);
}

static void
take_furniture(const yaml_sim_furniture *const from, rv_sim_furniture *const to)
{
    rv_sim_furniture_default(to);
    memcpy(to->at_m, from->at, sizeof to->at_m);
    if (from->size) {
        memcpy(to->size_m, from->size, sizeof to->size_m);
    }
    TAKE(to->rcs_m2, from->rcs_m2);
    to->n_moves = (uint8_t)from->moves_count;
    for (unsigned i = 0; i < from->moves_count; ++i) {
        to->move_s[i] = *from->moves[i].at_s;
        memcpy(to->to_m[i], from->moves[i].to, sizeof to->to_m[i]);
    }
}

static rv_status
take_file(const yaml_sim_file *const file, rv_sim_config *const c)
{
    TAKE(c->seed, file->seed);
    TAKE(c->start_us, file->start_us);
    TAKE(c->duration_s, file->duration_s);
    TAKE(c->n_clutter, file->clutter);
    take_room(file->room, &c->room);
    take_radio(file->radio, &c->radio);
    for (unsigned i = 0; i < file->nodes_count; ++i) {
        take_node(&file->nodes[i], &c->node[i]);
        c->n_nodes = (uint16_t)(i + 1);
    }
    for (unsigned i = 0; i < file->persons_count; ++i) {
        const rv_status status = take_person(&file->persons[i], c, i, &c->person[i]);
        if (status != RV_OK) {
            return status;
        }
    }
    for (unsigned i = 0; i < file->partitions_count; ++i) {
        take_partition(&file->partitions[i], &c->partition[i]);
    }
    for (unsigned i = 0; i < file->fans_count; ++i) {
        take_fan(&file->fans[i], &c->fan[i]);
    }
    for (unsigned i = 0; i < file->furniture_count; ++i) {
        take_furniture(&file->furniture[i], &c->furniture[i]);
    }
    c->n_furniture  = (uint16_t)file->furniture_count;
    c->n_persons    = (uint16_t)file->persons_count;
    c->n_partitions = (uint16_t)file->partitions_count;
    c->n_fans       = (uint16_t)file->fans_count;
    return RV_OK;
}

rv_status
rv_scenario_parse(const char *const text, const size_t n, const char *const name,
                  rv_sim_config *const out, char error[RV_SCENARIO_ERROR_BYTES])
{
    cyaml_data_t *data = NULL;
    RV_TRY(rv_yaml_parse(text, n, name, &rv_scenario_schema, &data, error,
                         RV_SCENARIO_ERROR_BYTES));
    static rv_sim_config taken; // large for a stack
    const char          *what = "persons: wander must lie within 1..64";
    rv_sim_config_default(&taken);
    rv_status status = take_file(data, &taken);
    if (status == RV_OK) {
        status = rv_sim_config_check(&taken, &what);
    }
    rv_yaml_free(&rv_scenario_schema, data);
    if (status != RV_OK) {
        snprintf(error, RV_SCENARIO_ERROR_BYTES, "%s: %s", name, what);
        return RV_ERR_CONFIG;
    }
    *out = taken;
    return RV_OK;
}

static rv_status
load_path(const char *const path, rv_sim_config *const out,
          char error[RV_SCENARIO_ERROR_BYTES])
{
    size_t      n    = 0;
    char *const text = rv_yaml_text(path, &n, error, RV_SCENARIO_ERROR_BYTES);
    if (!text && errno == 0) {
        return RV_ERR_IO;
    }
    if (!text) {
        size_t at = strlen(error);
        at += (size_t)snprintf(error + at, RV_SCENARIO_ERROR_BYTES - at,
                               ", nor is there a scenario of that name; there are");
        for (const rv_scenario_shipped *s = rv_scenarios_shipped;
             s->name && at < RV_SCENARIO_ERROR_BYTES; ++s) {
            at += (size_t)snprintf(error + at, RV_SCENARIO_ERROR_BYTES - at, " %s",
                                   s->name);
        }
        return RV_ERR_IO;
    }
    const rv_status status = rv_scenario_parse(text, n, path, out, error);
    free(text);
    return status;
}

rv_status
rv_scenario_load(const char *const what, rv_sim_config *const out,
                 char error[RV_SCENARIO_ERROR_BYTES])
{
    for (const rv_scenario_shipped *s = rv_scenarios_shipped; s->name; ++s) {
        if (strcmp(what, s->name) == 0) {
            return rv_scenario_parse(s->text, strlen(s->text), s->name, out, error);
        }
    }
    return load_path(what, out, error);
}
