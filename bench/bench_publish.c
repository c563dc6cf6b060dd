// SPDX-License-Identifier: MIT
/**
   @file bench_publish.c
   Stages 9 and 10 on a record of 4 nodes and 12 links: quality, privacy, witness,
   world, text. The first rows show everything (class raw: amplitudes, taps, two
   persons, a map of 320 cells), the others what a private home publishes.
*/
#include "bench/harness.h"
#include "tests/record_samples.h"

#include <ruview/publish/json_record.h>
#include <ruview/publish/prometheus.h>
#include <ruview/trust/privacy.h>
#include <ruview/trust/quality.h>
#include <ruview/trust/stage_digest.h>
#include <ruview/trust/witness.h>
#include <ruview/world/world.h>

enum { BYTES = 1 << 18 };

typedef struct {
    sample           source;
    sample           work;
    rv_witness       witness;
    rv_privacy       privacy;
    rv_quality       quality;
    rv_quality_input input;
    rv_stage_digests digests;
    rv_world        *world;
    uint64_t         cycle;
    uint32_t         seed;
    uint8_t          bytes[BYTES];
    char             text[BYTES];
} job;

static void
seal(void *const arg)
{
    job *const j = arg;
    size_t     n = BYTES;
    if (rv_witness_seal(&j->witness, &j->source.record, j->bytes, &n) != RV_OK) {
        abort();
    }
    rv_bench_keep(j->bytes);
}

static void
encode(void *const arg)
{
    job *const j = arg;
    size_t     n = BYTES;
    if (rv_record_encode(&j->source.record, j->bytes, &n) != RV_OK) {
        abort();
    }
    rv_bench_keep(j->bytes);
}

static void
text(void *const arg)
{
    job *const j = arg;
    size_t     n = BYTES;
    if (rv_json_record(&j->source.record, j->text, &n) != RV_OK) {
        abort();
    }
    rv_bench_keep(j->text);
}

static void
copy(void *const arg)
{
    job *const j           = arg;
    j->work                = j->source;
    j->work.record.nodes   = j->work.nodes;
    j->work.record.links   = j->work.links;
    j->work.record.persons = j->work.persons;
    j->work.record.events  = j->work.events;
    rv_bench_keep(&j->work);
}

static void
gate(void *const arg)
{
    job *const j = arg;
    copy(arg);
    rv_privacy_gate(&j->privacy, RV_SINK_LOCAL, &j->work.record);
    rv_bench_keep(&j->work);
}

static void
score(void *const arg)
{
    job *const              j      = arg;
    const rv_quality_config config = rv_quality_config_default();
    rv_quality_score(&config, &j->input, &j->quality);
    rv_bench_keep(&j->quality);
}

static void
world(void *const arg)
{
    job *const       j = arg;
    rv_record *const r = &j->work.record;
    ++j->cycle;
    r->cycle        = j->cycle;
    r->t_us         = UINT64_C(1760000000000000) + j->cycle * 50000;
    r->motion.value = sample_number(&j->seed) * 0.05F + 0.25F;
    r->presence     = j->cycle / 1000 % 3 == 0 ? RV_NO : RV_YES;
    r->n_events     = j->cycle % 97 == 0;
    if (rv_world_push(j->world, r, &j->quality) != RV_OK) {
        abort();
    }
}

static void
digest(void *const arg)
{
    job *const   j = arg;
    rv_stage_row row;
    for (unsigned link = 0; link < SAMPLE_LINKS; ++link) {
        rv_stage_add_f32(&j->digests, link % 4, "amplitude", link,
                         j->source.amplitude[link], SAMPLE_TONES);
    }
    rv_stage_digests_end(&j->digests, &row);
    rv_bench_keep(&row);
}

static void
start_privacy(job *const j, const rv_privacy_mode mode)
{
    rv_privacy_config         config   = rv_privacy_config_default();
    const rv_privacy_evidence evidence = {.t_us = 1, .succeeded = true};
    config.mode                        = mode;
    if (rv_privacy_init(&j->privacy, &config) != RV_OK) {
        abort();
    }
    (void)rv_privacy_step(&j->privacy, &evidence);
}

static void
run_records(rv_bench *const b, job *const j, const char *const what,
            const double bound_us)
{
    char   name[64];
    size_t n      = 0;
    size_t n_text = 0;
    if (rv_record_encode(&j->source.record, NULL, &n) != RV_OK ||
        rv_json_record(&j->source.record, NULL, &n_text) != RV_OK) {
        abort();
    }
    snprintf(name, sizeof name, "encode %s, %zu B", what, n);
    (void)rv_bench_time(b, name, encode, j);
    snprintf(name, sizeof name, "encode + witness %s", what);
    const rv_bench_result sealed = rv_bench_time(b, name, seal, j);
    snprintf(name, sizeof name, "JSON %s, %zu B", what, n_text);
    const rv_bench_result json = rv_bench_time(b, name, text, j);
    snprintf(name, sizeof name, "witness per cycle, %s [us]", what);
    rv_bench_bound(b, name, sealed.median_ns * 1e-3, bound_us);
    snprintf(name, sizeof name, "publish encode, %s [us]", what);
    rv_bench_bound(b, name, json.median_ns * 1e-3, 50.0);
}

/// Cost of the world early and after a day, and the memory that does not grow
static void
run_world(rv_bench *const b, job *const j, const double stage_ns)
{
    const rv_world_config config = rv_world_config_default();
    size_t                n;
    char                  note[128];
    rv_bench_must(rv_world_size(&config, &n));
    void *const memory = rv_bench_memory(n);
    rv_bench_must(rv_world_init(&j->world, &config, memory, n));
    gate(j);
    for (int i = 0; i < 1000; ++i) {
        world(j);
    }
    const rv_bench_result early = rv_bench_time(b, "world, from cycle 1 000", world, j);
    while (j->cycle < 1728000) {
        world(j);
    }
    const rv_bench_result late =
        rv_bench_time(b, "world, from cycle 1 728 000", world, j);
    rv_bench_bound(b, "world, after a day / at once", late.median_ns / early.median_ns,
                   1.25);
    rv_bench_bound(b, "quality + gate + world per cycle [us]",
                   (stage_ns + late.median_ns) * 1e-3, 10.0);
    snprintf(note, sizeof note, "world: %zu KiB in all, %u nodes, %u edges after a day",
             n / 1024, rv_graph_n_nodes(rv_world_graph(j->world)),
             rv_graph_n_edges(rv_world_graph(j->world)));
    rv_bench_note(b, note);
    free(memory);
}

void
rv_bench_publish(rv_bench *const b)
{
    job *const j = rv_bench_memory(sizeof *j);
    memset(j, 0, sizeof *j);
    sample_fill(&j->source);
    j->input            = (rv_quality_input){.t_us            = 100,
                                             .newest_frame_us = 100,
                                             .coherence       = rv_known(0.8F, 0.1F, 1.0F),
                                             .n_links         = 12};
    j->witness.cpu_mask = b->cpu_mask;
    run_records(b, j, "raw", 0.0);
    start_privacy(j, RV_MODE_PRIVATE_HOME);
    const rv_bench_result copied = rv_bench_time(b, "copy of a record", copy, j);
    const rv_bench_result gated =
        rv_bench_time(b, "privacy gate with the copy", gate, j);
    const rv_bench_result scored = rv_bench_time(b, "quality", score, j);
    run_world(b, j, gated.median_ns - copied.median_ns + scored.median_ns);
    rv_privacy_gate(&j->privacy, RV_SINK_LOCAL, &j->source.record);
    run_records(b, j, "private home", 5.0);
    if (rv_stage_digests_init(&j->digests, 4, true) != RV_OK) {
        abort();
    }
    (void)rv_bench_time(b, "stage digests on, 624 floats", digest, j);
    j->digests.is_on = false;
    (void)rv_bench_time(b, "stage digests off", digest, j);
    free(j);
}
