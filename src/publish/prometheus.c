// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "publish/json_writer.h"

#include <ruview/math/text.h>
#include <ruview/publish/prometheus.h>
#include <ruview/trust/names.h>

#define RAW(page, literal) rv_json_raw((page), "" literal, sizeof(literal) - 1)

static void
put_text(rv_json *const page, const char *const text)
{
    rv_json_raw(page, text, rv_json_length(text));
}

static void
put_u64(rv_json *const page, const uint64_t value)
{
    char text[RV_TEXT_MAX];
    rv_json_raw(page, text, rv_text_u64(text, value));
}

static void
put_f32(rv_json *const page, const float value)
{
    char text[RV_TEXT_MAX];
    rv_json_raw(page, text, rv_text_f32(text, value));
}

static void
put_f64(rv_json *const page, const double value)
{
    char text[RV_TEXT_MAX];
    rv_json_raw(page, text, rv_text_f64(text, value));
}

/// `# HELP` and `# TYPE` of a family
static void
put_family(rv_json *const page, const char *const name, const char *const type,
           const char *const help)
{
    RAW(page, "# HELP ruview_");
    put_text(page, name);
    RAW(page, " ");
    put_text(page, help);
    RAW(page, "\n# TYPE ruview_");
    put_text(page, name);
    RAW(page, " ");
    put_text(page, type);
    RAW(page, "\n");
}

static void
put_gauge(rv_json *const page, const char *const name, const char *const help,
          const float value)
{
    put_family(page, name, "gauge", help);
    RAW(page, "ruview_");
    put_text(page, name);
    RAW(page, " ");
    put_f32(page, value);
    RAW(page, "\n");
}

static void
put_estimate(rv_json *const page, const char *const name, const char *const help,
             const rv_estimate estimate)
{
    if (rv_is_known(estimate)) {
        put_gauge(page, name, help, estimate.value);
    }
}

static void
put_stages(rv_json *const page, const rv_metrics *const m)
{
    put_family(page, "stage_seconds", "summary", "Time spent per call of a stage.");
    for (uint16_t i = 0; i < m->n_stages; ++i) {
        static const char *const quantile[] = {"0.5", "0.99"};
        const rv_metrics_stage  *s          = &m->stages[i];
        const float              value[]    = {s->p50_us, s->p99_us};
        for (int k = 0; k < 2; ++k) {
            RAW(page, "ruview_stage_seconds{stage=\"");
            put_text(page, s->stage);
            RAW(page, "\",quantile=\"");
            put_text(page, quantile[k]);
            RAW(page, "\"} ");
            put_f64(page, (double)value[k] * 1e-6);
            RAW(page, "\n");
        }
        RAW(page, "ruview_stage_seconds_sum{stage=\"");
        put_text(page, s->stage);
        RAW(page, "\"} ");
        put_f64(page, s->sum_s);
        RAW(page, "\nruview_stage_seconds_count{stage=\"");
        put_text(page, s->stage);
        RAW(page, "\"} ");
        put_u64(page, s->calls);
        RAW(page, "\n");
    }
    put_family(page, "stage_over_budget_total", "counter", "Calls over their budget.");
    for (uint16_t i = 0; i < m->n_stages; ++i) {
        RAW(page, "ruview_stage_over_budget_total{stage=\"");
        put_text(page, m->stages[i].stage);
        RAW(page, "\"} ");
        put_u64(page, m->stages[i].over_budget);
        RAW(page, "\n");
    }
}

static void
put_counters(rv_json *const page, const rv_metrics *const m)
{
    for (uint16_t i = 0; i < m->n_counters; ++i) {
        RAW(page, "# TYPE ruview_");
        put_text(page, m->counters[i].name);
        RAW(page, "_total counter\nruview_");
        put_text(page, m->counters[i].name);
        RAW(page, "_total ");
        put_u64(page, m->counters[i].value);
        RAW(page, "\n");
    }
    if (!m->refused) {
        return;
    }
    put_family(page, "refused_total", "counter", "Frames refused, by reason.");
    for (int i = 1; i < RV_REASON_COUNT; ++i) {
        if (m->refused[i]) {
            RAW(page, "ruview_refused_total{reason=\"");
            put_text(page, rv_reason_name((rv_reason)i));
            RAW(page, "\"} ");
            put_u64(page, m->refused[i]);
            RAW(page, "\n");
        }
    }
}

static void
put_machine(rv_json *const page, const rv_metrics *const m)
{
    put_family(page, "uptime_seconds", "gauge", "Time since start.");
    RAW(page, "ruview_uptime_seconds ");
    put_f64(page, m->uptime_s);
    RAW(page, "\n");
    put_family(page, "cycles_total", "counter", "Cycles published.");
    RAW(page, "ruview_cycles_total ");
    put_u64(page, m->cycles);
    RAW(page, "\n");
    if (m->rss_bytes) {
        put_family(page, "resident_memory_bytes", "gauge", "Resident memory.");
        RAW(page, "ruview_resident_memory_bytes ");
        put_u64(page, m->rss_bytes);
        RAW(page, "\n");
    }
    put_family(page, "node_clashes", "gauge", "Node numbers that two boards send as.");
    RAW(page, "ruview_node_clashes ");
    put_u64(page, m->n_clashes);
    RAW(page, "\n");
    put_family(page, "clients", "gauge", "Connected clients.");
    RAW(page, "ruview_clients ");
    put_u64(page, m->clients);
    RAW(page, "\n");
}

static void
put_nodes(rv_json *const page, const rv_record *const r)
{
    put_family(page, "node_present", "gauge", "1 when the node sends.");
    for (uint16_t i = 0; i < r->n_nodes; ++i) {
        RAW(page, "ruview_node_present{node=\"");
        put_u64(page, r->nodes[i].node);
        RAW(page, "\"} ");
        put_u64(page, r->nodes[i].present);
        RAW(page, "\n");
    }
    put_family(page, "node_rate_hertz", "gauge", "Frames per second.");
    for (uint16_t i = 0; i < r->n_nodes; ++i) {
        if (rv_is_known(r->nodes[i].rate_hz)) {
            RAW(page, "ruview_node_rate_hertz{node=\"");
            put_u64(page, r->nodes[i].node);
            RAW(page, "\"} ");
            put_f32(page, r->nodes[i].rate_hz.value);
            RAW(page, "\n");
        }
    }
}

static void
put_picture(rv_json *const page, const rv_record *const r)
{
    put_gauge(page, "synthetic", "1 when the input is simulated.", r->synthetic);
    put_gauge(page, "live", "1 when frames arrive.", r->live);
    if (r->presence != RV_UNKNOWN) {
        put_gauge(page, "presence", "1 when somebody is there.", r->presence == RV_YES);
    }
    put_estimate(page, "motion_ratio", "Motion, 0 still to 1 strong.", r->motion);
    put_estimate(page, "persons", "Number of persons.", r->occupancy);
    put_estimate(page, "breathing_rate_bpm", "Breaths per minute.", r->breathing_bpm);
    put_estimate(page, "heart_rate_bpm", "Heart beats per minute.", r->heart_bpm);
    put_gauge(page, "falls_watched", "1 while a fall would be told.",
              r->falls_reason == RV_REASON_NONE);
    put_estimate(page, "coherence_ratio", "Coherence, 0 to 1.", r->coherence);
    put_gauge(page, "quality_ratio", "How far the picture can be believed.",
              r->quality);
    put_gauge(page, "privacy_class", "0 raw, 1 derived, 2 anonymous, 3 restricted.",
              (float)r->privacy_class);
    put_family(page, "flag", "gauge", "1 while a quality flag is raised.");
    for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
        RAW(page, "ruview_flag{flag=\"");
        put_text(page, rv_flag_name(bit));
        RAW(page, "\"} ");
        put_u64(page, r->flags >> bit & 1U);
        RAW(page, "\n");
    }
    put_nodes(page, r);
}

rv_status
rv_prometheus(const rv_metrics *const metrics, const rv_record *const record,
              char *const out, size_t *const n_bytes)
{
    rv_json page = rv_json_begin(out, *n_bytes);
    put_machine(&page, metrics);
    put_stages(&page, metrics);
    put_counters(&page, metrics);
    if (record) {
        put_picture(&page, record);
    }
    return rv_json_end(&page, n_bytes);
}
