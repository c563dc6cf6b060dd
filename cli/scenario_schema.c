// SPDX-License-Identifier: MIT
#include "cli/scenario_schema.h"

#include <ruview/sim/scenario.h>

// libcyaml's macros cast away const and mix signs, as its documentation shows
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wpedantic"

enum {
    opt = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
    ptr = CYAML_FLAG_POINTER,
};

static const cyaml_schema_value_t f32_entry = {
    CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, float)};
static const cyaml_schema_value_t i16_entry = {
    CYAML_VALUE_INT(CYAML_FLAG_DEFAULT, int16_t)};

static const cyaml_strval_t material_names[] = {
    {"concrete", RV_SIM_CONCRETE},
    {"brick", RV_SIM_BRICK},
    {"plasterboard", RV_SIM_PLASTERBOARD},
    {"wood", RV_SIM_WOOD},
    {"glass", RV_SIM_GLASS},
    {"chipboard", RV_SIM_CHIPBOARD},
    {"floorboard", RV_SIM_FLOORBOARD},
    {"metal", RV_SIM_METAL},
    {"nothing", RV_SIM_VACUUM},
};

static const cyaml_strval_t posture_names[] = {
    {"stand", RV_SIM_STAND}, {"sit", RV_SIM_SIT},   {"lie", RV_SIM_LIE},
    {"fall", RV_SIM_FALL},   {"jump", RV_SIM_JUMP}, {"wave", RV_SIM_WAVE},
    {"raise", RV_SIM_RAISE},
};

#define MATERIAL(type, field)                                                          \
    CYAML_FIELD_ENUM(#field, CYAML_FLAG_STRICT, type, field, material_names,           \
                     CYAML_ARRAY_LEN(material_names))
#define F32(type, field) CYAML_FIELD_FLOAT_PTR(#field, opt, type, field)

static const cyaml_schema_field_t walls_fields[] = {MATERIAL(yaml_sim_walls, west),
                                                    MATERIAL(yaml_sim_walls, east),
                                                    MATERIAL(yaml_sim_walls, south),
                                                    MATERIAL(yaml_sim_walls, north),
                                                    MATERIAL(yaml_sim_walls, floor),
                                                    MATERIAL(yaml_sim_walls, ceiling),
                                                    CYAML_FIELD_END};

static const cyaml_schema_field_t room_fields[] = {
    CYAML_FIELD_SEQUENCE("size", ptr, yaml_sim_room, size, &f32_entry, 3, 3),
    CYAML_FIELD_MAPPING_PTR("walls", opt, yaml_sim_room, walls, walls_fields),
    CYAML_FIELD_END};

static const cyaml_schema_field_t radio_fields[] = {
    CYAML_FIELD_UINT_PTR("freq_mhz", opt, yaml_sim_radio, freq_mhz),
    F32(yaml_sim_radio, rate_hz),
    CYAML_FIELD_UINT_PTR("entries", opt, yaml_sim_radio, entries),
    F32(yaml_sim_radio, tx_dbm),
    F32(yaml_sim_radio, noise_figure_db),
    F32(yaml_sim_radio, evm_db),
    F32(yaml_sim_radio, sto_ns),
    F32(yaml_sim_radio, agc_step_db),
    F32(yaml_sim_radio, agc_toggle),
    F32(yaml_sim_radio, agc_target),
    F32(yaml_sim_radio, loss),
    F32(yaml_sim_radio, loss_burst),
    F32(yaml_sim_radio, slot_jitter_us),
    F32(yaml_sim_radio, arrival_delay_us),
    F32(yaml_sim_radio, arrival_jitter_us),
    CYAML_FIELD_BOOL_PTR("noise", opt, yaml_sim_radio, noise),
    CYAML_FIELD_BOOL_PTR("common_phase", opt, yaml_sim_radio, common_phase),
    CYAML_FIELD_SEQUENCE("dead", opt, yaml_sim_radio, dead, &i16_entry, 0,
                         RV_SIM_MAX_DEAD),
    CYAML_FIELD_END};

static const cyaml_schema_value_t pair_entry = {
    CYAML_VALUE_SEQUENCE_FIXED(CYAML_FLAG_DEFAULT, float, &f32_entry, 2)};

static const cyaml_schema_field_t node_fields[] = {
    CYAML_FIELD_UINT("id", CYAML_FLAG_DEFAULT, yaml_sim_node, id),
    CYAML_FIELD_SEQUENCE("position", ptr, yaml_sim_node, position, &f32_entry, 3, 3),
    CYAML_FIELD_BOOL_PTR("transmits", opt, yaml_sim_node, transmits),
    CYAML_FIELD_BOOL_PTR("receives", opt, yaml_sim_node, receives),
    F32(yaml_sim_node, clock_offset_us),
    F32(yaml_sim_node, clock_drift_ppm),
    F32(yaml_sim_node, clock_step_us),
    F32(yaml_sim_node, clock_step_s),
    CYAML_FIELD_BOOL_PTR("free_running", opt, yaml_sim_node, free_running),
    CYAML_FIELD_SEQUENCE("off", opt, yaml_sim_node, off, &pair_entry, 0,
                         RV_SIM_MAX_SPANS),
    CYAML_FIELD_END};
static const cyaml_schema_value_t node_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_sim_node, node_fields)};

static const cyaml_schema_field_t stop_fields[] = {
    CYAML_FIELD_SEQUENCE("at", ptr, yaml_sim_stop, at, &f32_entry, 2, 2),
    F32(yaml_sim_stop, pause_s), F32(yaml_sim_stop, speed_mps),
    CYAML_FIELD_ENUM("posture", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, yaml_sim_stop,
                     posture, posture_names, CYAML_ARRAY_LEN(posture_names)),
    CYAML_FIELD_END};
static const cyaml_schema_value_t stop_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_sim_stop, stop_fields)};

static const cyaml_schema_field_t person_fields[] = {
    F32(yaml_sim_person, height_m),
    F32(yaml_sim_person, facing_deg),
    F32(yaml_sim_person, breaths_per_min),
    F32(yaml_sim_person, breath_mm),
    F32(yaml_sim_person, breath_wander),
    F32(yaml_sim_person, heart_per_min),
    F32(yaml_sim_person, heart_mm),
    F32(yaml_sim_person, sway_mm),
    F32(yaml_sim_person, from_s),
    F32(yaml_sim_person, until_s),
    CYAML_FIELD_BOOL_PTR("loop", opt, yaml_sim_person, loop),
    CYAML_FIELD_UINT_PTR("wander", opt, yaml_sim_person, wander),
    CYAML_FIELD_SEQUENCE("held", opt, yaml_sim_person, held, &pair_entry, 0,
                         RV_SIM_MAX_SPANS),
    CYAML_FIELD_SEQUENCE("stops", opt, yaml_sim_person, stops, &stop_entry, 1,
                         RV_SIM_MAX_WAYPOINTS),
    CYAML_FIELD_END};
static const cyaml_schema_value_t person_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_sim_person, person_fields)};

static const cyaml_schema_field_t partition_fields[] = {
    CYAML_FIELD_SEQUENCE("from", ptr, yaml_sim_partition, from, &f32_entry, 2, 2),
    CYAML_FIELD_SEQUENCE("to", ptr, yaml_sim_partition, to, &f32_entry, 2, 2),
    CYAML_FIELD_SEQUENCE("door", opt, yaml_sim_partition, door, &f32_entry, 2, 2),
    MATERIAL(yaml_sim_partition, material),
    F32(yaml_sim_partition, thickness_m),
    CYAML_FIELD_SEQUENCE("open", opt, yaml_sim_partition, open, &pair_entry, 0,
                         RV_SIM_MAX_SPANS),
    CYAML_FIELD_END};
static const cyaml_schema_value_t partition_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_sim_partition, partition_fields)};

static const cyaml_schema_field_t fan_fields[] = {
    CYAML_FIELD_SEQUENCE("position", ptr, yaml_sim_fan, position, &f32_entry, 3, 3),
    F32(yaml_sim_fan, radius_m),
    F32(yaml_sim_fan, rpm),
    F32(yaml_sim_fan, swing_deg),
    F32(yaml_sim_fan, swing_period_s),
    F32(yaml_sim_fan, from_s),
    F32(yaml_sim_fan, until_s),
    CYAML_FIELD_UINT_PTR("blades", opt, yaml_sim_fan, blades),
    CYAML_FIELD_END};
static const cyaml_schema_value_t fan_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_sim_fan, fan_fields)};

static const cyaml_schema_field_t move_fields[] = {
    CYAML_FIELD_FLOAT_PTR("at_s", ptr, yaml_sim_move, at_s),
    CYAML_FIELD_SEQUENCE("to", ptr, yaml_sim_move, to, &f32_entry, 2, 2),
    CYAML_FIELD_END};
static const cyaml_schema_value_t move_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_sim_move, move_fields)};

static const cyaml_schema_field_t furniture_fields[] = {
    CYAML_FIELD_SEQUENCE("at", ptr, yaml_sim_furniture, at, &f32_entry, 2, 2),
    CYAML_FIELD_SEQUENCE("size", opt, yaml_sim_furniture, size, &f32_entry, 3, 3),
    F32(yaml_sim_furniture, rcs_m2),
    CYAML_FIELD_SEQUENCE("moves", opt, yaml_sim_furniture, moves, &move_entry, 0,
                         RV_SIM_MAX_MOVES),
    CYAML_FIELD_END};
static const cyaml_schema_value_t furniture_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_sim_furniture, furniture_fields)};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_UINT_PTR("seed", opt, yaml_sim_file, seed),
    CYAML_FIELD_UINT_PTR("start_us", opt, yaml_sim_file, start_us),
    F32(yaml_sim_file, duration_s),
    CYAML_FIELD_UINT_PTR("clutter", opt, yaml_sim_file, clutter),
    CYAML_FIELD_MAPPING_PTR("room", opt, yaml_sim_file, room, room_fields),
    CYAML_FIELD_MAPPING_PTR("radio", opt, yaml_sim_file, radio, radio_fields),
    CYAML_FIELD_SEQUENCE("nodes", opt, yaml_sim_file, nodes, &node_entry, 2,
                         RV_SIM_MAX_NODES),
    CYAML_FIELD_SEQUENCE("persons", opt, yaml_sim_file, persons, &person_entry, 0,
                         RV_SIM_MAX_PERSONS),
    CYAML_FIELD_SEQUENCE("partitions", opt, yaml_sim_file, partitions, &partition_entry,
                         0, RV_SIM_MAX_PARTITIONS),
    CYAML_FIELD_SEQUENCE("fans", opt, yaml_sim_file, fans, &fan_entry, 0,
                         RV_SIM_MAX_FANS),
    CYAML_FIELD_SEQUENCE("furniture", opt, yaml_sim_file, furniture, &furniture_entry,
                         0, RV_SIM_MAX_FURNITURE),
    CYAML_FIELD_END};

const cyaml_schema_value_t rv_scenario_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, yaml_sim_file, file_fields)};

#pragma GCC diagnostic pop
