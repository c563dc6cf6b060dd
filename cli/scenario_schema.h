// SPDX-License-Identifier: MIT
// A scenario as it is written in YAML. A pointer that is NULL was not written.
#ifndef RV_CLI_SCENARIO_SCHEMA_H
#define RV_CLI_SCENARIO_SCHEMA_H

#include <cyaml/cyaml.h>

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int west, east, south, north, floor, ceiling;
} yaml_sim_walls;

typedef struct {
    float          *size;
    unsigned        size_count;
    yaml_sim_walls *walls;
} yaml_sim_room;

typedef struct {
    uint32_t *freq_mhz;
    float    *rate_hz;
    uint16_t *entries;
    float    *tx_dbm, *noise_figure_db, *evm_db, *sto_ns;
    float    *agc_step_db, *agc_toggle, *agc_target;
    float    *loss, *loss_burst;
    float    *slot_jitter_us, *arrival_delay_us, *arrival_jitter_us;
    bool     *noise, *common_phase;
    int16_t  *dead;
    unsigned  dead_count;
} yaml_sim_radio;

typedef struct {
    float at[2];
} yaml_sim_pair;

typedef struct {
    uint8_t  id;
    float   *position;
    unsigned position_count;
    bool    *transmits, *receives;
    float   *clock_offset_us, *clock_drift_ppm, *clock_step_us, *clock_step_s;
    bool    *free_running;

    yaml_sim_pair *off;
    unsigned       off_count;
} yaml_sim_node;

typedef struct {
    float   *at;
    unsigned at_count;
    float   *pause_s, *speed_mps;
    int      posture;
} yaml_sim_stop;

typedef struct {
    float         *height_m, *facing_deg, *breaths_per_min, *breath_mm, *breath_wander;
    float         *heart_per_min, *heart_mm, *sway_mm, *from_s, *until_s;
    bool          *loop;
    uint16_t      *wander;
    yaml_sim_pair *held;
    unsigned       held_count;
    yaml_sim_stop *stops;
    unsigned       stops_count;
} yaml_sim_person;

typedef struct {
    float         *from, *to, *door;
    unsigned       from_count, to_count, door_count;
    int            material;
    float         *thickness_m;
    yaml_sim_pair *open;
    unsigned       open_count;
} yaml_sim_partition;

typedef struct {
    float   *position;
    unsigned position_count;
    float   *radius_m, *rpm, *swing_deg, *swing_period_s, *from_s, *until_s;
    uint8_t *blades;
} yaml_sim_fan;

typedef struct {
    float   *at_s;
    float   *to;
    unsigned to_count;
} yaml_sim_move;

typedef struct {
    float         *at, *size;
    unsigned       at_count, size_count;
    float         *rcs_m2;
    yaml_sim_move *moves;
    unsigned       moves_count;
} yaml_sim_furniture;

typedef struct {
    uint64_t           *seed, *start_us;
    float              *duration_s;
    uint16_t           *clutter;
    yaml_sim_room      *room;
    yaml_sim_radio     *radio;
    yaml_sim_node      *nodes;
    unsigned            nodes_count;
    yaml_sim_person    *persons;
    unsigned            persons_count;
    yaml_sim_partition *partitions;
    unsigned            partitions_count;
    yaml_sim_fan       *fans;
    unsigned            fans_count;
    yaml_sim_furniture *furniture;
    unsigned            furniture_count;
} yaml_sim_file;

extern const cyaml_schema_value_t rv_scenario_schema;

#endif // RV_CLI_SCENARIO_SCHEMA_H
