// SPDX-License-Identifier: MIT
// Proof of the full cycle: a seeded simulated room through the whole engine. The digest
// covers the witness and the published text of every cycle. Exit code 1 also when a
// stage never produced anything that is not unknown.
//
// Needs the library and the simulator alone: no clock, no thread.
#include "proofs/proof.h"

#include <ruview/engine/engine.h>
#include <ruview/sim/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    seconds          = 110,
    calibrate_from_s = 2,
    calibrate_s      = 15,
    walk_from_s      = 20,
    sit_from_s       = 60 ///< Who walked has gone, somebody sits and breathes
};

typedef struct {
    rv_proof *proof;
    uint64_t  cycles;
    uint64_t fused, solved, gated, moved, mapped, tracked, calibrated, scored, breathed;
} tally;

static void
count(void *const context, const rv_cycle_output *const output)
{
    tally *const           t = context;
    const rv_record *const r = output->record;
    ++t->cycles;
    rv_proof_bytes(t->proof, r->witness, sizeof r->witness);
    rv_proof_bytes(t->proof, output->json, output->n_json);
    t->fused += (r->variance.reason == RV_REASON_NONE);
    t->moved += (r->motion.reason == RV_REASON_NONE);
    t->mapped += (r->map_reason == RV_REASON_NONE);
    t->tracked += (r->n_persons > 0);
    t->scored += (r->quality > 0.0F);
    t->breathed += (r->breathing_bpm.reason == RV_REASON_NONE);
    t->gated += (r->gate == RV_GATE_ACCEPT);
    for (int i = 0; i < r->n_links; ++i) {
        t->solved += (r->links[i].cir_reason == RV_REASON_NONE);
        t->calibrated += (r->links[i].deviation.reason == RV_REASON_NONE);
    }
}

// Who walks, and who sits afterwards
static rv_status
people_of(rv_sim_config *const scene)
{
    rv_sim_person *const walker = &scene->person[0];
    rv_sim_person *const sitter = &scene->person[1];
    scene->n_persons            = 2;
    rv_sim_person_default(walker);
    rv_sim_person_default(sitter);
    walker->from_s      = walk_from_s;
    walker->until_s     = sit_from_s;
    sitter->from_s      = sit_from_s;
    sitter->loop        = false;
    sitter->breath_hz   = 0.25F;
    sitter->facing_rad  = 4.0F;
    sitter->waypoint[0] = (rv_sim_waypoint){3.6F, 2.2F, 1e5F, 1.0F, RV_SIM_SIT};
    return rv_sim_person_wander(walker, &scene->room, 7, 24);
}

static bool
take_site(const rv_sim *const sim, const rv_sim_config *const scene,
          rv_engine_config *const config)
{
    config->allow_synthetic = true;
    config->mode            = RV_MODE_RAW_RESEARCH;
    config->has_room        = true;
    memcpy(config->room_m, scene->room.size_m, sizeof config->room_m);
    for (int i = 0; i < scene->n_nodes; ++i) {
        config->node[i].node         = scene->node[i].id;
        config->node[i].has_position = true;
        memcpy(config->node[i].position_m, scene->node[i].position_m,
               sizeof config->node[i].position_m);
        config->transmitter[i].tx           = rv_sim_tx_hash(sim, (uint16_t)i);
        config->transmitter[i].has_position = true;
        memcpy(config->transmitter[i].position_m, scene->node[i].position_m,
               sizeof config->transmitter[i].position_m);
    }
    config->n_nodes        = (uint8_t)scene->n_nodes;
    config->n_transmitters = (uint8_t)scene->n_nodes;
    return scene->n_nodes > 0;
}

static bool
push_calibration(rv_engine *const engine, const uint64_t t_us)
{
    uint8_t          bytes[RV_COMMAND_HEADER];
    rv_writer        w       = {.bytes = bytes, .size = sizeof bytes};
    const rv_command command = {.kind  = RV_COMMAND_CALIBRATE_START,
                                .value = calibrate_s};
    const rv_input   input   = {
            .kind = RV_INPUT_COMMAND, .t_us = t_us, .bytes = bytes, .n = RV_COMMAND_HEADER};
    return rv_command_encode(&command, &w) == RV_OK &&
           rv_engine_push(engine, &input) == RV_OK;
}

static bool
run(rv_engine *const engine, rv_sim *const sim, const uint64_t start_us)
{
    const uint64_t end        = start_us + (uint64_t)seconds * 1000000U;
    bool           calibrated = false;
    rv_sim_packet  packet;
    while (rv_sim_next(sim, &packet) == RV_OK && packet.t_us < end) {
        if (!calibrated && packet.t_us >= start_us + calibrate_from_s * 1000000U) {
            calibrated = push_calibration(engine, packet.t_us);
        }
        const rv_input input = {.kind  = RV_INPUT_DATAGRAM,
                                .t_us  = packet.t_us,
                                .bytes = packet.bytes,
                                .n     = packet.n_bytes};
        if (rv_engine_push(engine, &input) != RV_OK) {
            return false;
        }
    }
    rv_engine_finish(engine);
    return calibrated;
}

int
main(const int argc, char **const argv)
{
    rv_proof                proof;
    static rv_sim_config    scene;
    static rv_engine_config config;
    static tally            t;
    rv_sim                  sim;
    rv_engine              *engine = NULL;
    size_t                  n_sim = 0, n = 0;

    rv_proof_begin(&proof, "engine", argc, argv);
    t.proof = &proof;
    rv_sim_config_default(&scene);
    if (people_of(&scene) != RV_OK) {
        return 2;
    }
    config           = rv_engine_config_default();
    config.cpu_mask  = proof.cpu_mask;
    void *sim_memory = NULL, *memory = NULL;
    if (rv_sim_size(&scene, &n_sim) != RV_OK ||
        rv_sim_init(&sim, &scene, sim_memory = rv_proof_memory(n_sim), n_sim) !=
            RV_OK ||
        !take_site(&sim, &scene, &config) || rv_engine_size(&config, &n) != RV_OK ||
        rv_engine_init(&engine, &config, memory = rv_proof_memory(n), n) != RV_OK) {
        fputs("engine: does not start\n", stderr);
        return 2;
    }
    rv_engine_set_sink(engine, count, &t);
    if (!run(engine, &sim, scene.start_us)) {
        return 2;
    }
    rv_proof_part(&proof, "cycles");
    const int code = rv_proof_end(&proof);
    free(memory);
    free(sim_memory);
    const bool all = t.cycles >= 2000 && t.fused && t.solved && t.gated && t.moved &&
                     t.mapped && t.tracked && t.calibrated && t.scored &&
                     t.breathed >= 100;
    fprintf(stderr,
            "cycles %llu fused %llu solved %llu gated %llu moved %llu mapped %llu "
            "tracked %llu calibrated %llu scored %llu breathed %llu\n",
            (unsigned long long)t.cycles, (unsigned long long)t.fused,
            (unsigned long long)t.solved, (unsigned long long)t.gated,
            (unsigned long long)t.moved, (unsigned long long)t.mapped,
            (unsigned long long)t.tracked, (unsigned long long)t.calibrated,
            (unsigned long long)t.scored, (unsigned long long)t.breathed);
    return all ? code : 1;
}
