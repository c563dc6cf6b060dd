// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L

#include "bench/harness.h"

#include "bench/count.h"
#include "platform/lend.h"

#include <stdlib.h>
#include <time.h>

enum { max_samples = 20000 };

static const rv_bench_group groups[] = {
#define RV_BENCH(name, help) {#name, help, rv_bench_##name},
#include "bench/benches.def"
#undef RV_BENCH
};

const rv_bench_group *
rv_bench_group_at(const uint32_t index)
{
    return index < sizeof groups / sizeof *groups ? &groups[index] : NULL;
}

uint64_t
rv_bench_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static uint64_t
time_calls(void (*const body)(void *), void *const arg, const uint64_t n)
{
    const uint64_t begin = rv_bench_now_ns();
    for (uint64_t i = 0; i < n; ++i) {
        body(arg);
    }
    return rv_bench_now_ns() - begin;
}

static int
ascending(const void *const a, const void *const b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

// Warm up for a tenth of the time, and find how many calls fill 20 us: long enough for
// the clock, short enough to see the slow ones
static uint64_t
calls_per_sample(void (*const body)(void *), void *const arg, const uint64_t budget_ns)
{
    uint64_t n = 1;
    for (;;) {
        const uint64_t ns = time_calls(body, arg, n);
        if (ns >= 20000) {
            break;
        }
        n = ns < 2000 ? n * 8 : n * 20000 / ns + 1;
    }
    const uint64_t begin = rv_bench_now_ns();
    while (rv_bench_now_ns() - begin < budget_ns / 10) {
        (void)time_calls(body, arg, n);
    }
    return n;
}

static rv_bench_result
measure(const rv_bench *const b, void (*const body)(void *), void *const arg)
{
    static double  sample[max_samples];
    const double   seconds = b->seconds > 0.0 ? b->seconds : 0.3;
    const uint64_t budget  = (uint64_t)(seconds * 1e9);
    const uint64_t n       = calls_per_sample(body, arg, budget);
    const int64_t  before  = rv_bench_allocations();
    const uint64_t begin   = rv_bench_now_ns();
    size_t         count   = 0;
    while (count < max_samples && (count < 5 || rv_bench_now_ns() - begin < budget)) {
        sample[count++] = (double)time_calls(body, arg, n) / (double)n;
    }
    const int64_t after = rv_bench_allocations();
    qsort(sample, count, sizeof *sample, ascending);
    return (rv_bench_result){
        .median_ns = sample[count / 2],
        .p99_ns    = sample[(count * 99) / 100],
        .min_ns    = sample[0],
        .allocations =
            before < 0 ? -1.0 : (double)(after - before) / (double)(count * n),
        .n_calls = count * n,
    };
}

static FILE *
out_of(const rv_bench *const b)
{
    return b->out ? b->out : stdout;
}

static void
print_time(const double ns, FILE *const out)
{
    if (ns < 1e3) {
        fprintf(out, "%9.1f ns", ns);
    } else if (ns < 1e6) {
        fprintf(out, "%9.2f us", ns / 1e3);
    } else {
        fprintf(out, "%9.2f ms", ns / 1e6);
    }
}

static void
print_result(const rv_bench *const b, const char *const name,
             const rv_bench_result *const r, const double amount,
             const char *const unit)
{
    FILE *const  out  = out_of(b);
    const double rate = r->median_ns > 0.0 ? amount / r->median_ns : 0.0;
    if (b->json) {
        fprintf(out,
                "{\"group\":\"%s\",\"name\":\"%s\",\"median_ns\":%.2f,\"p99_ns\":%.2f,"
                "\"min_ns\":%.2f,\"allocations\":%.3f,\"calls\":%llu",
                b->group, name, r->median_ns, r->p99_ns, r->min_ns, r->allocations,
                (unsigned long long)r->n_calls);
        if (unit) {
            fprintf(out, ",\"rate\":%.4f,\"rate_unit\":\"G%s/s\"", rate, unit);
        }
        fputs("}\n", out);
    } else {
        fprintf(out, "%-34s", name);
        print_time(r->median_ns, out);
        fputs("  p99", out);
        print_time(r->p99_ns, out);
        fputs("  min", out);
        print_time(r->min_ns, out);
        if (unit) {
            fprintf(out, "  %7.2f G%s/s", rate, unit);
        }
        if (r->allocations > 0.0) {
            fprintf(out, "  %.2f allocations", r->allocations);
        }
        fputc('\n', out);
    }
    fflush(out);
}

uint32_t
rv_bench_counted(const rv_bench *const b)
{
    return (uint32_t)(RV_BENCH_COUNTED * (b->repeat > 0.0 ? b->repeat : 1.0) + 0.5);
}

static rv_bench_result
count(const rv_bench *const b, const char *const name, void (*const body)(void *),
      void *const arg)
{
    const uint32_t mark = rv_count_name(b->group, name, RV_BENCH_COUNTED);
    const uint32_t n    = rv_bench_counted(b);
    body(arg);
    rv_count_start();
    for (uint32_t i = 0; i < n; ++i) {
        body(arg);
    }
    rv_count_mark(mark);
    rv_count_stop();
    return (rv_bench_result){.allocations = -1.0};
}

rv_bench_result
rv_bench_time(rv_bench *const b, const char *const name, void (*const body)(void *arg),
              void *const arg)
{
    if (b->counting) {
        return count(b, name, body, arg);
    }
    const rv_bench_result r = measure(b, body, arg);
    print_result(b, name, &r, 0.0, NULL);
    return r;
}

rv_bench_result
rv_bench_rate(rv_bench *const b, const char *const name, void (*const body)(void *arg),
              void *const arg, const double amount, const char *const unit)
{
    if (b->counting) {
        return count(b, name, body, arg);
    }
    const rv_bench_result r = measure(b, body, arg);
    print_result(b, name, &r, amount, unit);
    return r;
}

void
rv_bench_report(rv_bench *const b, const char *const name,
                const rv_bench_result *const result)
{
    if (b->counting) {
        return;
    }
    print_result(b, name, result, 0.0, NULL);
}

void
rv_bench_bound(rv_bench *const b, const char *const name, const double value,
               const double bound)
{
    if (b->counting) {
        return;
    }
    FILE *const out  = out_of(b);
    const bool  over = bound > 0.0 && !(value <= bound);
    b->n_over += over;
    if (b->json) {
        fprintf(out,
                "{\"group\":\"%s\",\"name\":\"%s\",\"value\":%.4f,\"bound\":%.4f,"
                "\"kept\":%s}\n",
                b->group, name, value, bound, over ? "false" : "true");
    } else if (bound > 0.0) {
        fprintf(out, "%-34s%9.2f     bound %.2f  %s\n", name, value, bound,
                over ? "ABOVE" : "kept");
    } else {
        fprintf(out, "%-34s%9.2f\n", name, value);
    }
    fflush(out);
}

void
rv_bench_note(rv_bench *const b, const char *const text)
{
    if (b->counting) {
        return;
    }
    if (b->json) {
        fprintf(out_of(b), "{\"group\":\"%s\",\"note\":\"%s\"}\n", b->group, text);
    } else {
        fprintf(out_of(b), "# %s\n", text);
    }
}

void *
rv_bench_memory(const size_t n_bytes)
{
    void *const p = rv_lend(n_bytes);
    if (!p) {
        abort();
    }
    return p;
}

void
rv_bench_must(const rv_status status)
{
    if (status != RV_OK) {
        abort();
    }
}
