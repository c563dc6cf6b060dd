// SPDX-License-Identifier: MIT
// Both witness digests as published, and the numbers published beside them.
#include "cmocka_rv.h"
#include "witness.h"

#include <openssl/sha.h>
#include <stdio.h>

static void
assert_digest(const uint8_t *const bytes, const size_t n, const char *const wanted)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char    hex[2 * SHA256_DIGEST_LENGTH + 1];
    SHA256(bytes, n, digest);
    for (size_t i = 0; i < sizeof digest; ++i) {
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(hex, wanted);
}

static uint32_t
tap_at(const uint8_t *const bytes, const size_t frame, const size_t g)
{
    const uint8_t *const at = bytes + 2 * (frame * WITNESS_TAPS + g);
    return (uint32_t)(at[0] | at[1] << 8);
}

static uint32_t
sum_of(const uint8_t *const bytes, const size_t frame)
{
    uint32_t sum = 0;
    for (size_t g = 0; g < WITNESS_TAPS; ++g) {
        sum += tap_at(bytes, frame, g);
    }
    return sum;
}

static void
test_calibration(void **state)
{
    static uint8_t bytes[WITNESS_CAL_BYTES];
    witness_tone   tone[WITNESS_TONES];
    witness_calibration(tone, bytes);
    assert_float_equal(tone[0].mean, 0.29967418F, 1e-7F);
    assert_float_equal(tone[0].variance, 1.04710714e-4F, 1e-10F);
    assert_float_equal(tone[0].phase, -3.140362F, 1e-6F);
    assert_float_equal(tone[0].dispersion, 5.808216e-4F, 1e-9F);
    assert_float_equal(tone[26].mean, 1.0000219F, 1e-6F);
    assert_float_equal(tone[26].variance, 1.033963e-4F, 1e-10F);
    assert_float_equal(tone[26].phase, -0.54200965F, 1e-6F);
    assert_float_equal(tone[26].dispersion, 5.2106294e-5F, 1e-10F);
    assert_digest(bytes, sizeof bytes,
                  "d6bce07ecb1648e6936561df44bf4a3bfc17bb0ba5f692646b2301d105b52f67");
}

static void
test_cir(void **state)
{
    static const uint32_t head[] = {192, 79, 21, 69, 81, 44, 26, 32, 31, 26, 17, 10};
    static const uint32_t tail[] = {23, 23, 19, 13, 14, 31, 60, 76, 62, 70, 149, 221};
    static const uint32_t last[] = {174, 70, 17, 63, 74, 39};
    static uint8_t        bytes[WITNESS_CIR_BYTES];
    witness_profile       first;
    witness_cir(bytes, &first);
    assert_int_equal(first.dominant, 155);
    assert_int_equal(first.iterations, 100);
    assert_float_equal(first.ratio, 0.2180080F, 1e-5F);
    assert_float_equal(first.change, 1.400e-3F, 1e-6F);
    for (size_t i = 0; i < 12; ++i) {
        assert_int_equal(tap_at(bytes, 0, i), head[i]);
        assert_int_equal(tap_at(bytes, 0, 144 + i), tail[i]);
    }
    for (size_t i = 0; i < 6; ++i) {
        assert_int_equal(tap_at(bytes, 99, i), last[i]);
    }
    assert_int_equal(sum_of(bytes, 0), 1696);
    assert_int_equal(sum_of(bytes, 99), 1497);
    assert_digest(bytes, sizeof bytes,
                  "304d54690af468dc6cbf0f2a1332f109cf187d5e2eab454efd8554cebc45bdeb");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calibration),
        cmocka_unit_test(test_cir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
