// SPDX-License-Identifier: MIT
// Nothing is allocated after start, and no samples are copied between buffers: the
// linker sends every call of the allocator and of memcpy through the functions below.
#include "cmocka_rv.h"

#include "engine/engine_state.h"
#include "feed.h"

static feed     f;
static bool     is_watching;
static uint64_t n_allocations;
static uint64_t n_copied_samples; ///< Bytes copied out of frames

// The names are the linker's
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
void *__real_memcpy(void *to, const void *from, size_t n);
void *__real_memmove(void *to, const void *from, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
void *__wrap_memcpy(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n);

void *
__wrap_malloc(const size_t n)
{
    n_allocations += is_watching;
    return __real_malloc(n);
}

void *
__wrap_calloc(const size_t n, const size_t size)
{
    n_allocations += is_watching;
    return __real_calloc(n, size);
}

void *
__wrap_realloc(void *const p, const size_t n)
{
    n_allocations += is_watching;
    return __real_realloc(p, n);
}

void *
__wrap_aligned_alloc(const size_t align, const size_t n)
{
    n_allocations += is_watching;
    return __real_aligned_alloc(align, n);
}

static void
watch_copy(const void *const from, const size_t n)
{
    if (!is_watching) {
        return;
    }
    const uintptr_t p = (uintptr_t)from;
    for (int i = 0; i < f.engine->links.n_links; ++i) {
        const rv_link *const link = &f.engine->links.link[i];
        const rv_csi *const  last = &link->slot[link->ring.capacity - 1];
        n_copied_samples +=
            p >= (uintptr_t)link->slot[0].re && p <= (uintptr_t)last->im ? n : 0;
    }
}

void *
__wrap_memcpy(void *const to, const void *const from, const size_t n)
{
    watch_copy(from, n);
    return __real_memcpy(to, from, n);
}

void *
__wrap_memmove(void *const to, const void *const from, const size_t n)
{
    watch_copy(from, n);
    return __real_memmove(to, from, n);
}

static void
a_running_engine_allocates_nothing_and_copies_no_frames(void **state)
{
    feed_defaults(&f);
    f.scene.n_persons = 1;
    rv_sim_person_default(&f.scene.person[0]);
    feed_start(&f);
    feed_run(&f, 3.0);
    const uint64_t before = rv_engine_get_counters(f.engine)->frames_accepted;
    is_watching           = true;
    feed_run(&f, 10.0);
    feed_silence(&f, 3.0);
    is_watching = false;
    const uint64_t n_frames =
        rv_engine_get_counters(f.engine)->frames_accepted - before;
    const size_t n_sample =
        2 * sizeof(float) * f.engine->links.link[0].tones->segment->n_tones;
    print_message(
        "%llu frames of %zu bytes: %llu allocations, %.1f bytes copied each\n",
        (unsigned long long)n_frames, n_sample, (unsigned long long)n_allocations,
        (double)n_copied_samples / (double)n_frames);
    assert_int_equal(n_allocations, 0);
    assert_true(n_copied_samples <= 2 * n_sample * n_frames);
    feed_stop(&f);
}

static void
memory_is_known_at_start(void **state)
{
    feed_defaults(&f);
    feed_start(&f);
    print_message("engine of four nodes: %zu bytes, of which links may use %zu\n",
                  f.n_memory, f.config.link_pool);
    feed_run(&f, 5.0);
    print_message("links use %zu bytes\n", f.engine->links.pool.used);
    assert_true(f.n_memory < 10000000);
    feed_stop(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_engine_allocates_nothing_and_copies_no_frames),
        cmocka_unit_test(memory_is_known_at_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
