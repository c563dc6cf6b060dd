// SPDX-License-Identifier: MIT
// A pose model in the engine: who gets a skeleton, and that the run says which model.
#include "cmocka_rv.h"

#include "feed.h"
#include "pose_weights.h"

#include <ruview/engine/engine.h>

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t persons, skeletons, no_model, withheld, other;
} seen;

static void
look(void *const context, const rv_record *const record)
{
    seen *const s = context;
    s->withheld += record->persons_reason == RV_REASON_PRIVACY;
    for (int i = 0; i < record->n_persons; ++i) {
        const rv_record_person *const p = &record->persons[i];
        ++s->persons;
        s->skeletons += p->keypoint_reason == RV_REASON_NONE;
        s->no_model += p->keypoint_reason == RV_REASON_NO_MODEL;
        if (p->keypoint_reason == RV_REASON_NONE) {
            for (int k = 0; k < RV_N_KEYPOINTS; ++k) {
                assert_true(p->keypoint_sigma_m[k] > 0.0F);
            }
            assert_int_equal(p->state, RV_TRACK_ACTIVE);
        }
    }
}

static seen
walk(const rv_pose_model *const model, const rv_privacy_mode mode, uint8_t start[32])
{
    static feed f;
    seen        s = {0};
    feed_defaults(&f);
    f.config.mode     = mode;
    f.scene.n_persons = 1;
    rv_sim_person_default(&f.scene.person[0]);
    assert_int_equal(rv_sim_person_wander(&f.scene.person[0], &f.scene.room, 5, 20),
                     RV_OK);
    f.look    = look;
    f.context = &s;
    feed_start(&f);
    if (model) {
        assert_int_equal(rv_engine_set_pose_model(f.engine, model), RV_OK);
        assert_int_equal(rv_engine_set_pose_model(f.engine, model), RV_ERR_STATE);
    }
    const rv_run_header header                = rv_engine_get_run_header(f.engine);
    const uint8_t       none[RV_DIGEST_BYTES] = {0};
    assert_memory_equal(header.model, model ? model->digest : none, RV_DIGEST_BYTES);
    rv_run_digest(&header, start);
    feed_run(&f, 25.0);
    assert_int_equal(rv_engine_set_pose_model(f.engine, model), RV_ERR_STATE);
    feed_stop(&f);
    return s;
}

static void
a_skeleton_needs_a_model_and_the_right_class(void **state)
{
    pose_weights *const w = malloc(sizeof *w);
    uint8_t             with[32], without[32];
    assert_int_equal(pose_weights_init(w, 3), RV_OK);
    const seen bare = walk(NULL, RV_MODE_RAW_RESEARCH, without);
    assert_true(bare.persons > 100);
    assert_int_equal(bare.skeletons, 0);
    assert_int_equal(bare.no_model, bare.persons);
    const seen full = walk(&w->model, RV_MODE_RAW_RESEARCH, with);
    assert_int_equal(full.persons, bare.persons); // tracks are what they were
    assert_true(full.skeletons > full.persons / 3);
    assert_int_equal(full.no_model, 0);
    assert_memory_not_equal(with, without, sizeof with);
    const seen home = walk(&w->model, RV_MODE_PRIVATE_HOME, with);
    assert_int_equal(home.skeletons, 0);
    const seen strict = walk(&w->model, RV_MODE_STRICT_NO_IDENTITY, with);
    assert_int_equal(strict.skeletons, 0);
    free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_skeleton_needs_a_model_and_the_right_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
