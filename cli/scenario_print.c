// SPDX-License-Identifier: MIT
#include "cli/scenario_file.h"

static void
print_person(FILE *const out, const rv_sim_truth_person *const p, const int index)
{
    static const char *const posture[RV_SIM_N_POSTURES] = {
        [RV_SIM_STAND] = "stand", [RV_SIM_SIT] = "sit",   [RV_SIM_LIE] = "lie",
        [RV_SIM_FALL] = "fall",   [RV_SIM_JUMP] = "jump", [RV_SIM_WAVE] = "wave",
        [RV_SIM_RAISE] = "raise",
    };
    fprintf(
        out,
        "{\"person\":%d,\"moving\":%s,\"posture\":\"%s\",\"position_m\":"
        "[%.4f,%.4f,%.4f],\"velocity_mps\":[%.4f,%.4f,%.4f],\"heading_rad\":%.4f,"
        "\"breath_per_min\":%.3f,\"breath_phase\":%.4f,\"heart_per_min\":%.3f,"
        "\"heart_phase\":%.4f,\"keypoint_m\":[",
        index, p->moving ? "true" : "false", posture[p->posture],
        (double)p->position_m[0], (double)p->position_m[1], (double)p->position_m[2],
        (double)p->velocity_mps[0], (double)p->velocity_mps[1],
        (double)p->velocity_mps[2], (double)p->heading_rad, 60.0 * (double)p->breath_hz,
        (double)p->breath_phase, 60.0 * (double)p->heart_hz, (double)p->heart_phase);
    for (int k = 0; k < RV_SIM_KEYPOINTS; ++k) {
        fprintf(out, "%s[%.4f,%.4f,%.4f]", k > 0 ? "," : "",
                (double)p->keypoint_m[k][0], (double)p->keypoint_m[k][1],
                (double)p->keypoint_m[k][2]);
    }
    fputs("]}", out);
}

void
rv_scenario_print_truth(FILE *const out, const rv_sim_truth *const truth)
{
    fprintf(out,
            "{\"t_us\":%llu,\"synthetic\":true,\"doors_open\":%u,\"fans_on\":%u,"
            "\"persons\":[",
            (unsigned long long)truth->t_us, (unsigned)truth->doors_open,
            (unsigned)truth->fans_on);
    bool first = true;
    for (int i = 0; i < truth->n_persons; ++i) {
        if (truth->person[i].present) {
            fputs(first ? "" : ",", out);
            print_person(out, &truth->person[i], i);
            first = false;
        }
    }
    fputs("]}\n", out);
}

void
rv_scenario_print_site(FILE *const out, const rv_sim *const sim,
                       const rv_sim_config *const c)
{
    fprintf(out,
            "# Site of a simulated recording: ruview replay FILE --config this\n"
            "# Nobody real is seen, so everything is shown\n"
            "privacy: {mode: raw_research}\n"
            "room:\n  size: [%g, %g, %g]\nnodes:\n",
            (double)c->room.size_m[0], (double)c->room.size_m[1],
            (double)c->room.size_m[2]);
    for (uint16_t i = 0; i < c->n_nodes; ++i) {
        const float *const p = c->node[i].position_m;
        if (c->node[i].receives) {
            fprintf(out, "  - {id: %u, position: [%g, %g, %g]}\n", c->node[i].id,
                    (double)p[0], (double)p[1], (double)p[2]);
        }
    }
    fputs("transmitters:\n", out);
    for (uint16_t i = 0; i < c->n_nodes; ++i) {
        const float *const p = c->node[i].position_m;
        if (c->node[i].transmits) {
            fprintf(out, "  - {id: \"%08x\", name: node-%u, position: [%g, %g, %g]}\n",
                    (unsigned)rv_sim_tx_hash(sim, i), c->node[i].id, (double)p[0],
                    (double)p[1], (double)p[2]);
        }
    }
}
