// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "publish/json_writer.h"

#include <ruview/publish/json_metrics.h>

static void
put_key(rv_json *const j, const char *const name)
{
    rv_json_key_n(j, name, rv_json_length(name));
}

static void
put_stage(rv_json *const j, const rv_metrics_stage *const stage)
{
    rv_json_open(j, '{');
    rv_json_key(j, "stage");
    rv_json_name(j, stage->stage);
    rv_json_key(j, "calls");
    rv_json_u64(j, stage->calls);
    rv_json_key(j, "p50_us");
    rv_json_f32(j, stage->p50_us);
    rv_json_key(j, "p99_us");
    rv_json_f32(j, stage->p99_us);
    rv_json_key(j, "max_us");
    rv_json_f32(j, stage->max_us);
    rv_json_key(j, "budget_us");
    rv_json_f32(j, stage->budget_us);
    rv_json_key(j, "over_budget");
    rv_json_u64(j, stage->over_budget);
    rv_json_close(j, '}');
}

rv_status
rv_json_metrics(const rv_metrics *const m, char *const out, size_t *const n_bytes)
{
    rv_json json = rv_json_begin(out, *n_bytes);
    rv_json_open(&json, '{');
    rv_json_key(&json, "type");
    rv_json_name(&json, "metrics");
    rv_json_key(&json, "uptime_s");
    rv_json_f64(&json, m->uptime_s);
    rv_json_key(&json, "cycles");
    rv_json_u64(&json, m->cycles);
    rv_json_key(&json, "rss_bytes");
    rv_json_u64(&json, m->rss_bytes);
    rv_json_key(&json, "clients");
    rv_json_u64(&json, m->clients);
    rv_json_key(&json, "stages");
    rv_json_open(&json, '[');
    for (uint16_t i = 0; i < m->n_stages; ++i) {
        put_stage(&json, &m->stages[i]);
    }
    rv_json_close(&json, ']');
    rv_json_key(&json, "counters");
    rv_json_open(&json, '{');
    for (uint16_t i = 0; i < m->n_counters; ++i) {
        put_key(&json, m->counters[i].name);
        rv_json_u64(&json, m->counters[i].value);
    }
    rv_json_close(&json, '}');
    rv_json_key(&json, "refused");
    rv_json_open(&json, '{');
    for (int i = 0; i < RV_REASON_COUNT && m->refused; ++i) {
        if (m->refused[i]) {
            put_key(&json, rv_reason_name((rv_reason)i));
            rv_json_u64(&json, m->refused[i]);
        }
    }
    rv_json_close(&json, '}');
    rv_json_key(&json, "clashes");
    rv_json_open(&json, '[');
    for (uint16_t i = 0; i < m->n_clashes; ++i) {
        rv_json_u64(&json, m->clashes[i]);
    }
    rv_json_close(&json, ']');
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}
