// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "cir_bed.h"

#include <ruview/cir/batch.h>

enum { n_links = 21 };

static void
a_batch_gives_the_bytes_of_single_solves(void **state)
{
    static float         re[n_links][BED_TONES];
    static float         im[n_links][BED_TONES];
    static rv_cir_result alone[n_links];
    static rv_cir_result beside[n_links];
    static rv_cir_state  memory[2][n_links];
    for (int i = 0; i < BED_N_TIERS; ++i) {
        for (int kind = 0; kind < 3; ++kind) {
            static bed    b;
            rv_cir_config config = bed_config((rv_cir_kind)kind, i % 2 ? 256 : 0);
            if (kind == RV_CIR_FFT_ISTA) {
                config.tolerance = 5e-3F; // links end at different iterations
            }
            bed_open(&b, &bed_tiers[i], &config);
            memset(memory, 0, sizeof memory);
            rv_cir_batch batch;
            size_t       bytes = 0;
            assert_int_equal(rv_cir_batch_size(&b.plan, &config, &bytes), RV_OK);
            void *const mem = bed_take(bytes);
            assert_int_equal(rv_cir_batch_init(&batch, &b.plan, &config, mem, bytes),
                             RV_OK);
            assert_int_equal(
                rv_cir_batch_init(&batch, &b.plan, &config, mem, bytes - 64),
                RV_ERR_MEMORY);
            rv_cir_link link[n_links];
            uint32_t    least = UINT32_MAX;
            uint32_t    most  = 0;
            for (int l = 0; l < n_links; ++l) {
                bed_random(&b);
                if (l == 4) {
                    bed_clear(&b); // one silent link, one broken one
                }
                if (l == 9) {
                    b.im[3] = NAN;
                }
                memcpy(re[l], b.re, sizeof b.re);
                memcpy(im[l], b.im, sizeof b.im);
                const float noise = l % 3 ? 0.0F : 0.05F;
                link[l] = (rv_cir_link){re[l], im[l], noise, &memory[1][l], &beside[l]};
                rv_cir_solve(&b.solver, re[l], im[l], noise, &memory[0][l], &alone[l]);
                if (alone[l].reason == RV_REASON_NONE) {
                    least = alone[l].iterations < least ? alone[l].iterations : least;
                    most  = alone[l].iterations > most ? alone[l].iterations : most;
                }
            }
            assert_true(least < most);
            rv_cir_solve_batch(&batch, link, n_links);
            assert_memory_equal(alone, beside, sizeof alone);
            assert_memory_equal(memory[0], memory[1], sizeof memory[0]);
            free(mem);
            bed_close(&b);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_gives_the_bytes_of_single_solves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
