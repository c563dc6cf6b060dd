// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/room/voxel_map.h>

#include "platform/lend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_voxels = 64 };

static void *
begin(rv_voxel_map *const self)
{
    const rv_voxel_map_config cfg     = rv_voxel_map_config_default(n_voxels);
    size_t                    n_bytes = 0;
    assert_int_equal(rv_voxel_map_size(&cfg, &n_bytes), RV_OK);
    void *const mem = rv_lend(n_bytes);
    assert_int_equal(rv_voxel_map_init(self, &cfg, mem, n_bytes), RV_OK);
    return mem;
}

static void
look(rv_voxel_map *const self, const uint64_t t_us, const float at_5)
{
    float evidence[n_voxels];
    for (int v = 0; v < n_voxels; ++v) {
        evidence[v] = -2.0F;
    }
    evidence[5] = at_5 - 2.0F;
    evidence[6] = NAN;
    assert_int_equal(rv_voxel_map_push(self, t_us, evidence), RV_OK);
}

static void
evidence_gathers_and_fades(void **state)
{
    rv_voxel_map  self;
    void *const   mem = begin(&self);
    float         buffer[n_voxels];
    rv_voxel_view view;
    rv_voxel_map_view(&self, RV_VOXEL_FULL, buffer, &view);
    assert_int_equal(view.reason, RV_REASON_NO_DATA);
    uint64_t t_us = 0;
    for (int i = 0; i < 20; ++i, t_us += 500000) {
        look(&self, t_us, 8.0F);
    }
    rv_voxel_map_view(&self, RV_VOXEL_FULL, buffer, &view);
    assert_int_equal(view.reason, RV_REASON_NONE);
    assert_true(buffer[5] > 0.9F && buffer[4] < 0.05F);
    // A voxel that was never measured stays at its prior, and NaN poisons nothing
    assert_true(fabsf(buffer[6] - 0.1F) < 1e-5F);
    assert_int_equal(self.evidence[6], 0);
    // Bounded: two seconds of absence are enough to doubt
    for (int i = 0; i < 4; ++i, t_us += 500000) {
        look(&self, t_us, 0.0F);
    }
    rv_voxel_map_view(&self, RV_VOXEL_FULL, buffer, &view);
    assert_true(buffer[5] < 0.5F);
    free(mem);
}

static void
images_in_quick_succession_count_once(void **state)
{
    rv_voxel_map self;
    void *const  mem = begin(&self);
    for (uint64_t t_us = 0; t_us < 500000; t_us += 50000) {
        look(&self, t_us, 8.0F);
    }
    assert_int_equal(self.n_images, 1);
    free(mem);
}

// In the earlier implementation one neutral update brings the hidden picture back
static void
a_restricted_view_holds_nothing_to_undo(void **state)
{
    rv_voxel_map  self;
    void *const   mem = begin(&self);
    float         buffer[n_voxels], full_of[n_voxels];
    rv_voxel_view full, hidden;
    for (int i = 0; i < 20; ++i) {
        look(&self, (uint64_t)i * 500000, 8.0F);
    }
    for (int v = 0; v < n_voxels; ++v) {
        buffer[v] = -1.0F;
    }
    rv_voxel_map_view(&self, RV_VOXEL_RESTRICTED, buffer, &hidden);
    assert_null(hidden.occupancy);
    assert_int_equal(hidden.reason, RV_REASON_PRIVACY);
    uint32_t sum = 0;
    for (int b = 0; b < RV_VOXEL_HISTOGRAM; ++b) {
        sum += hidden.histogram[b];
    }
    assert_int_equal(sum, n_voxels);
    for (int v = 0; v < n_voxels; ++v) {
        assert_true(buffer[v] == -1.0F);
    }
    // Looking changed nothing in the map
    rv_voxel_map_view(&self, RV_VOXEL_FULL, buffer, &full);
    assert_true(buffer[5] > 0.9F);
    memcpy(full_of, buffer, sizeof full_of);
    rv_voxel_map_view(&self, RV_VOXEL_ANONYMOUS, buffer, &hidden);
    for (int v = 0; v < n_voxels; ++v) {
        const float third = buffer[v] * 3.0F;
        assert_true(third == rintf(third));
        assert_true(fabsf(buffer[v] - full_of[v]) <= 0.5F / 3.0F + 1e-6F);
    }
    assert_true(rv_voxel_coarse(0.0F) == 0.0F && rv_voxel_coarse(1.0F) == 1.0F);
    assert_true(rv_voxel_coarse(0.3F) == 1.0F / 3.0F);
    free(mem);
}

static void
bad_input_is_refused(void **state)
{
    rv_voxel_map_config cfg     = rv_voxel_map_config_default(0);
    size_t              n_bytes = 0;
    assert_int_equal(rv_voxel_map_size(&cfg, &n_bytes), RV_ERR_CONFIG);
    rv_voxel_map self;
    void *const  mem = begin(&self);
    look(&self, 1000000, 1.0F);
    assert_int_equal(rv_voxel_map_push(&self, 1, NULL), RV_ERR_RANGE);
    free(mem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evidence_gathers_and_fades),
        cmocka_unit_test(images_in_quick_succession_count_once),
        cmocka_unit_test(a_restricted_view_holds_nothing_to_undo),
        cmocka_unit_test(bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
