// SPDX-License-Identifier: MIT
// The world graph of a run: its room and zones from the configuration.
#include "engine/engine_state.h"

#include "base/exact.h"
#include "base/try.h"

#include <string.h>

_Static_assert((int)RV_NAME_BYTES <= (int)RV_WORLD_TEXT, "a room's name fits");

rv_world_config
rv_engine_world_config(const rv_engine_config *const config)
{
    rv_world_config world = rv_world_config_default();
    if (config->room_name[0] != '\0') {
        memset(world.room, 0, sizeof world.room);
        memcpy(world.room, config->room_name, RV_NAME_BYTES - 1);
    }
    if (config->has_room) {
        world.room_bounds = (rv_bounds){
            .shape = RV_SHAPE_RECTANGLE,
            .v = {{0.0, 0.0}, {(double)config->room_m[0], (double)config->room_m[1]}}};
    }
    return world;
}

rv_status
rv_engine_reset_world(rv_engine *const self)
{
    const rv_world_config config = rv_engine_world_config(&self->config);
    memset(self->world_memory, 0, self->n_world);
    RV_TRY(rv_world_init(&self->world, &config, self->world_memory, self->n_world));
    return rv_engine_show_zones(self);
}

rv_status
rv_engine_show_zones(rv_engine *const self)
{
    for (unsigned z = self->config.n_zones; z < RV_MAX_ZONES; ++z) {
        rv_world_drop_zone(self->world, z);
    }
    for (unsigned z = 0; z < self->config.n_zones; ++z) {
        const rv_zone_config *const zone = &self->config.zone[z];
        rv_bounds bounds = {.shape = RV_SHAPE_POLYGON, .n_vertices = zone->n_vertices};
        for (unsigned v = 0; v < zone->n_vertices && v < RV_MAX_VERTICES; ++v) {
            bounds.v[v][0] = (double)zone->vertex_m[v][0];
            bounds.v[v][1] = (double)zone->vertex_m[v][1];
        }
        RV_TRY(rv_world_add_zone(self->world, z, zone->name, &bounds));
    }
    return RV_OK;
}

rv_world *
rv_engine_get_world(rv_engine *const self)
{
    return self->world;
}
