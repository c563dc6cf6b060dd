// SPDX-License-Identifier: MIT
// Beliefs: one node per predicate, updated in place, with its past in a ring.
#include "base/exact.h"
#include "base/try.h"
#include "world/world_state.h"

/// What a record says of one predicate
typedef struct {
    float     value;
    float     confidence;
    rv_reason reason;
} belief;

/// A value that moves by less is the same belief
static const float step_of[RV_PREDICATE_COUNT] = {0.5F, 0.5F, 0.1F, 1.0F, 3.0F};

static belief
from_estimate(const rv_estimate e)
{
    const belief b = {rv_is_known(e) ? e.value : 0.0F,
                      rv_is_known(e) ? e.quality : 0.0F, e.reason};
    return b;
}

static belief
read_belief(const rv_record *const r, const rv_predicate predicate)
{
    switch (predicate) {
    case RV_PREDICATE_OCCUPANCY:
        return from_estimate(r->occupancy);
    case RV_PREDICATE_MOTION:
        return from_estimate(r->motion);
    case RV_PREDICATE_BREATHING:
        return from_estimate(r->breathing_bpm);
    case RV_PREDICATE_HEART:
        return from_estimate(r->heart_bpm);
    default:
        break;
    }
    const bool   known = r->presence != RV_UNKNOWN;
    const belief b     = {r->presence == RV_YES ? 1.0F : 0.0F,
                      known ? r->presence_quality : 0.0F,
                      known ? RV_REASON_NONE : r->presence_reason};
    return b;
}

static float
distance(const float a, const float b)
{
    return a > b ? a - b : b - a;
}

static bool
is_news(const rv_world *const self, const rv_record *const r,
        const rv_predicate predicate, const belief b)
{
    const rv_world_mark *const m = &self->now.mark[predicate];
    return m->reason != b.reason || distance(m->value, b.value) >= step_of[predicate] ||
           distance(m->confidence, b.confidence) >= self->config.confidence_step ||
           m->privacy_class != r->privacy_class || self->now.t_ms < m->t_ms ||
           (uint64_t)(self->now.t_ms - m->t_ms) >= self->config.heartbeat_ms;
}

/// The belief so far goes into the history
static void
close_belief(rv_world *const self, const rv_record *const r,
             const rv_world_node *const node)
{
    const rv_world_mark *const m    = &self->now.mark[node->detail];
    const rv_world_past        past = {.id            = rv_graph_take_id(self->graph),
                                       .from_ms       = m->t_ms,
                                       .until_ms      = self->now.t_ms,
                                       .predicate     = (rv_predicate)node->detail,
                                       .privacy_class = m->privacy_class,
                                       .reason        = m->reason,
                                       .value         = m->value,
                                       .confidence    = m->confidence,
                                       .calibration   = node->provenance.calibration};
    rv_world_forget(self, RV_AUDIT_STATE, past.id, r);
    self->past[rv_ring_push(&self->past_ring)] = past;
}

static void
write_provenance(rv_provenance *const p, const rv_world *const self,
                 const rv_record *const r, const rv_quality *const quality)
{
    p->n_evidence = quality ? quality->n_evidence : 0;
    for (uint8_t i = 0; i < p->n_evidence; ++i) {
        p->evidence[i] = quality->evidence[i];
    }
    p->model         = self->config.model;
    p->calibration   = r->calibration;
    p->mode          = r->privacy_mode;
    p->privacy_class = r->privacy_class;
}

static rv_status
make_state(rv_world *const self, const rv_predicate predicate)
{
    rv_world_node state = {.kind     = RV_WORLD_SEMANTIC_STATE,
                           .detail   = (uint8_t)predicate,
                           .parent   = self->now.room,
                           .until_ms = RV_WORLD_OPEN};
    RV_TRY(rv_graph_upsert(self->graph, &state));
    self->now.state[predicate] = state.id;
    const rv_world_edge edge   = {.from     = state.id,
                                  .to       = self->now.room,
                                  .rel      = RV_REL_DERIVED_FROM,
                                  .evidence = RV_EVIDENCE_COHERENCE};
    return rv_graph_connect(self->graph, &edge);
}

static rv_status
push_state(rv_world *const self, const rv_record *const r,
           const rv_quality *const quality, const rv_predicate predicate)
{
    const belief b     = read_belief(r, predicate);
    const bool   fresh = self->now.state[predicate] == 0;
    if (fresh) {
        RV_TRY(make_state(self, predicate));
    }
    rv_world_node *const node = rv_graph_find(self->graph, self->now.state[predicate]);
    const bool           news = fresh || is_news(self, r, predicate, b);
    if (news && !fresh) {
        close_belief(self, r, node);
    }
    if (news) {
        self->now.mark[predicate] = (rv_world_mark){.value         = b.value,
                                                    .confidence    = b.confidence,
                                                    .reason        = b.reason,
                                                    .privacy_class = r->privacy_class,
                                                    .t_ms          = self->now.t_ms};
        node->t_ms                = self->now.t_ms;
        write_provenance(&node->provenance, self, r, quality);
    }
    node->value      = b.value;
    node->confidence = b.confidence;
    node->reason     = b.reason;
    return RV_OK;
}

rv_status
rv_world_push_states(rv_world *const self, const rv_record *const record,
                     const rv_quality *const quality)
{
    for (int p = 0; p < RV_PREDICATE_COUNT; ++p) {
        RV_TRY(push_state(self, record, quality, (rv_predicate)p));
    }
    return RV_OK;
}

uint32_t
rv_world_n_past(const rv_world *const self)
{
    return self->past_ring.count;
}

uint32_t
rv_world_n_events(const rv_world *const self)
{
    return self->event_ring.count;
}

const rv_world_past *
rv_world_past_at(const rv_world *const self, const uint32_t i)
{
    const uint32_t n = self->past_ring.count;
    return i < n ? &self->past[rv_ring_slot(&self->past_ring, n - 1 - i)] : NULL;
}

const rv_world_event *
rv_world_event_at(const rv_world *const self, const uint32_t i)
{
    const uint32_t n = self->event_ring.count;
    return i < n ? &self->event[rv_ring_slot(&self->event_ring, n - 1 - i)] : NULL;
}
