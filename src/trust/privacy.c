// SPDX-License-Identifier: MIT
#include "base/exact.h"

#include <ruview/math/elementary.h>
#include <ruview/trust/privacy.h>

/// What the matrix says, by class
typedef enum {
    NO,      ///< Never
    VITALS,  ///< With consent to vital signs
    CONSENT, ///< With full consent
    LOCAL,   ///< On this machine only
    YES,
} rule;

/// [output][class]; classes as seen by the sink, see `seen_class`
static const uint8_t matrix[RV_OUTPUT_COUNT][4] = {
    [RV_OUTPUT_AMPLITUDE]     = {LOCAL, NO, NO, NO},
    [RV_OUTPUT_CIR]           = {LOCAL, NO, NO, NO},
    [RV_OUTPUT_POSE]          = {LOCAL, CONSENT, NO, NO},
    [RV_OUTPUT_TRACKS]        = {LOCAL, CONSENT, NO, NO},
    [RV_OUTPUT_REID]          = {LOCAL, CONSENT, NO, NO},
    [RV_OUTPUT_VITALS]        = {LOCAL, VITALS, VITALS, NO},
    [RV_OUTPUT_MAP]           = {YES, YES, NO, NO},
    [RV_OUTPUT_LINK_FEATURES] = {LOCAL, LOCAL, NO, NO},
    [RV_OUTPUT_ZONES]         = {YES, YES, YES, NO},
    [RV_OUTPUT_COUNT_EXACT]   = {YES, YES, YES, NO},
    [RV_OUTPUT_MOTION]        = {YES, YES, YES, NO},
    [RV_OUTPUT_HEALTH]        = {YES, YES, YES, NO},
    [RV_OUTPUT_COUNT_COARSE]  = {YES, YES, YES, YES},
    [RV_OUTPUT_PRESENCE]      = {YES, YES, YES, YES},
    [RV_OUTPUT_QUALITY]       = {YES, YES, YES, YES},
};

/**
   Classes are sets of capabilities, and a sink has some of its own: what leaves the
   machine is anonymous unless there is full consent, and then it is derived, never raw.
   So a stricter class never shows more.
*/
static rv_privacy_class
seen_class(const rv_privacy_class own, const rv_consent consent, const rv_sink sink)
{
    const rv_privacy_class least =
        sink == RV_SINK_LOCAL                                   ? RV_CLASS_RAW
        : sink == RV_SINK_NETWORK && consent == RV_CONSENT_FULL ? RV_CLASS_DERIVED
                                                                : RV_CLASS_ANONYMOUS;
    return own > least ? own : least;
}

static rv_reason
apply_rule(const rule what, const rv_consent consent, const rv_sink sink)
{
    switch (what) {
    case YES:
        return RV_REASON_NONE;
    case LOCAL:
        return sink == RV_SINK_LOCAL ? RV_REASON_NONE : RV_REASON_PRIVACY;
    case CONSENT:
        return consent == RV_CONSENT_FULL ? RV_REASON_NONE : RV_REASON_CONSENT;
    case VITALS:
        return consent != RV_CONSENT_NONE ? RV_REASON_NONE : RV_REASON_CONSENT;
    case NO:
        break;
    }
    return RV_REASON_PRIVACY;
}

rv_reason
rv_privacy_decide(const rv_privacy_class privacy_class, const rv_consent consent,
                  const rv_sink sink, const rv_output output)
{
    if ((unsigned)privacy_class > RV_CLASS_RESTRICTED ||
        (unsigned)consent >= RV_CONSENT_COUNT || (unsigned)sink >= RV_SINK_COUNT ||
        (unsigned)output >= RV_OUTPUT_COUNT) {
        return RV_REASON_PRIVACY;
    }
    if (sink == RV_SINK_MATTER &&
        (output == RV_OUTPUT_VITALS || output == RV_OUTPUT_HEALTH)) {
        return RV_REASON_PRIVACY;
    }
    const rv_privacy_class seen = seen_class(privacy_class, consent, sink);
    return apply_rule((rule)matrix[output][seen], consent, sink);
}

rv_privacy_class
rv_mode_class(const rv_privacy_mode mode)
{
    switch (mode) {
    case RV_MODE_RAW_RESEARCH:
        return RV_CLASS_RAW;
    case RV_MODE_CARE_WITH_CONSENT:
        return RV_CLASS_DERIVED;
    case RV_MODE_PRIVATE_HOME:
    case RV_MODE_ENTERPRISE_ANONYMOUS:
        return RV_CLASS_ANONYMOUS;
    case RV_MODE_STRICT_NO_IDENTITY:
        break;
    }
    return RV_CLASS_RESTRICTED;
}

uint8_t
rv_mode_actions(const rv_privacy_mode mode)
{
    static const uint8_t actions[] = {0x01, 0x0A, 0x1A, 0x01, 0x1E};
    return (unsigned)mode < sizeof actions ? actions[mode] : 0x1E;
}

rv_privacy_class
rv_class_demote(const rv_privacy_class privacy_class)
{
    return privacy_class < RV_CLASS_ANONYMOUS ? RV_CLASS_ANONYMOUS
                                              : RV_CLASS_RESTRICTED;
}

rv_privacy_config
rv_privacy_config_default(void)
{
    const rv_privacy_config config = {
        .mode     = RV_MODE_PRIVATE_HOME,
        .consent  = RV_CONSENT_NONE,
        .relax_us = 30 * UINT64_C(1000000),
    };
    return config;
}

static bool
is_valid(const rv_privacy_mode mode, const rv_consent consent)
{
    return (unsigned)mode <= RV_MODE_STRICT_NO_IDENTITY &&
           (unsigned)consent < RV_CONSENT_COUNT;
}

rv_status
rv_privacy_init(rv_privacy *const self, const rv_privacy_config *const config)
{
    if (!is_valid(config->mode, config->consent)) {
        return RV_ERR_CONFIG;
    }
    *self = (rv_privacy){
        .config = *config,
        .active = RV_CLASS_RESTRICTED,
        .reason = RV_REASON_WARMING_UP,
    };
    return RV_OK;
}

rv_status
rv_privacy_set(rv_privacy *const self, const rv_privacy_mode mode,
               const rv_consent consent)
{
    if (!is_valid(mode, consent)) {
        return RV_ERR_RANGE;
    }
    self->config.mode    = mode;
    self->config.consent = consent;
    if (self->reason == RV_REASON_NONE) {
        self->active = rv_mode_class(mode);
    }
    return RV_OK;
}

/// The class that this cycle alone asks for
static rv_privacy_class
wanted_class(const rv_privacy_class base, const rv_privacy_evidence *const evidence,
             rv_reason *const why)
{
    *why = RV_REASON_NONE;
    if (!evidence->succeeded) {
        *why = RV_REASON_ERROR;
        return RV_CLASS_RESTRICTED;
    }
    if (evidence->is_silent) {
        *why = RV_REASON_NO_DATA;
        return rv_class_demote(base);
    }
    if (evidence->weakness != RV_REASON_NONE) {
        *why = evidence->weakness;
        return rv_class_demote(base);
    }
    return base;
}

rv_privacy_class
rv_privacy_step(rv_privacy *const self, const rv_privacy_evidence *const evidence)
{
    const rv_privacy_class base = rv_mode_class(self->config.mode);
    rv_reason              why;
    const rv_privacy_class wanted = wanted_class(base, evidence, &why);

    if (!self->has_settled) { // nothing has been shown yet that would have to stay shut
        self->active      = wanted;
        self->reason      = why;
        self->has_settled = why == RV_REASON_NONE;
        return self->active;
    }
    if (why != RV_REASON_NONE) {
        self->dirty_us = evidence->t_us;
    }
    const bool has_rested = evidence->t_us >= self->dirty_us &&
                            evidence->t_us - self->dirty_us >= self->config.relax_us;
    if (wanted > self->active || (wanted == self->active && why != RV_REASON_NONE)) {
        self->active = wanted;
        self->reason = why;
    } else if (wanted < self->active && why == RV_REASON_NONE &&
               self->reason != RV_REASON_NONE && has_rested) {
        self->active = wanted;
        self->reason = RV_REASON_NONE;
    }
    if (self->active < base) {
        self->active = base;
    }
    return self->active;
}

/// Withhold an estimate, whatever it was
static void
withhold(rv_estimate *const estimate, const rv_reason why)
{
    if (why != RV_REASON_NONE) {
        *estimate = rv_unknown(why);
    }
}

static void
thin_links(rv_record *const record, const rv_reason amplitude, const rv_reason cir,
           const rv_reason features)
{
    for (uint16_t i = 0; i < record->n_links; ++i) {
        rv_record_link *const link = &record->links[i];
        if (amplitude != RV_REASON_NONE) {
            link->n_tones          = 0;
            link->amplitude        = NULL;
            link->amplitude_reason = amplitude;
        }
        if (cir != RV_REASON_NONE) {
            link->n_taps         = 0;
            link->cir_reason     = cir;
            link->cir_gap        = 0.0F;
            link->cir_iterations = 0;
        }
        withhold(&link->deviation, features);
        withhold(&link->motion, features);
        withhold(&link->field, features);
        withhold(&link->level_db, features);
        link->changed = link->changed && features == RV_REASON_NONE;
        withhold(&link->delay_spread_ns, features);
        withhold(&link->dominant_ratio, features);
        withhold(&link->sto_ns, features);
        withhold(&link->echo_ratio, features);
        withhold(&link->band_coherence, features);
        withhold(&link->band_match, features);
    }
}

static void
thin_persons(rv_record *const record, const rv_reason tracks, const rv_reason pose,
             const rv_reason identity)
{
    if (tracks != RV_REASON_NONE) {
        record->n_persons      = 0;
        record->persons        = NULL;
        record->persons_reason = tracks;
    }
    for (uint16_t i = 0; i < record->n_persons; ++i) {
        if (pose != RV_REASON_NONE) {
            record->persons[i].keypoint_reason = pose;
        }
        if (identity != RV_REASON_NONE) {
            record->persons[i].identity_reason = identity;
            record->persons[i].identity        = 0;
            record->persons[i].identity_cosine = 0.0F;
            record->persons[i].identity_margin = 0.0F;
        }
    }
}

static rv_output
event_output(const rv_event_kind kind)
{
    switch (kind) {
    case RV_EVENT_NODE_ABSENT:
    case RV_EVENT_NODE_BACK:
    case RV_EVENT_RECALIBRATE:
        return RV_OUTPUT_HEALTH;
    case RV_EVENT_MODE_CHANGED:
        return RV_OUTPUT_QUALITY;
    case RV_EVENT_APNOEA:
        return RV_OUTPUT_VITALS;
    default:
        return RV_OUTPUT_MOTION;
    }
}

static bool
names_a_track(const rv_event_kind kind)
{
    return kind == RV_EVENT_FALL_CANDIDATE || kind == RV_EVENT_FALL_CONFIRMED ||
           kind == RV_EVENT_APNOEA || kind == RV_EVENT_PERSON_ENTERED ||
           kind == RV_EVENT_PERSON_LEFT;
}

static void
thin_events(rv_record *const record, const rv_consent consent, const rv_sink sink,
            const rv_reason tracks, const rv_reason map)
{
    uint16_t kept = 0;
    for (uint16_t i = 0; i < record->n_events; ++i) {
        rv_record_event event = record->events[i];
        if (rv_privacy_decide(record->privacy_class, consent, sink,
                              event_output(event.kind)) != RV_REASON_NONE) {
            continue;
        }
        if (tracks != RV_REASON_NONE && names_a_track(event.kind)) {
            event.subject = 0;
        }
        if (map != RV_REASON_NONE && event.place_reason == RV_REASON_NONE) {
            event.place_reason  = map;
            event.position_m[0] = 0.0F;
            event.position_m[1] = 0.0F;
            event.sigma_m       = 0.0F;
        }
        record->events[kept] = event;
        ++kept;
    }
    record->n_events = kept;
}

/// Rounded down to quarters, so that what moves with somebody's motion stands still
static float
coarse(const float share)
{
    return 0.25F * (float)rv_to_i32(4.0F * share);
}

static void
thin_count(rv_record *const record, const rv_reason exact)
{
    if (exact != RV_REASON_NONE && rv_is_known(record->occupancy)) {
        const bool someone         = record->occupancy.value >= 0.5F;
        record->occupancy.value    = someone ? 1.0F : 0.0F;
        record->occupancy.sigma    = 0.0F;
        record->occupancy_at_least = someone || record->occupancy_at_least;
        record->occupancy.quality  = record->occupancy.quality < 0.5F ? 0.0F : 0.5F;
    }
}

static void
thin_map(rv_record *const record, const rv_reason why)
{
    if (why != RV_REASON_NONE) {
        record->map_reason = why;
        record->map_nx     = 0;
        record->map_ny     = 0;
        record->map_nz     = 0;
        record->map        = NULL;
        record->map_sigma  = NULL;
        for (int k = 0; k < 3; ++k) {
            record->map_origin_m[k] = 0.0F;
            record->map_step_m[k]   = 0.0F;
        }
    }
}

/// What was gathered over time: cell by cell where amplitudes are shown, in few steps
/// where the map is, as shares where zones are. Each view is an object of its own; the
/// full one is never edited.
static void
thin_occupied(rv_record *const record, const rv_reason full, const rv_reason map,
              const rv_reason shares)
{
    if (full != RV_REASON_NONE && record->occupied_levels > RV_OCCUPIED_COARSE) {
        record->occupied        = record->occupied_coarse;
        record->occupied_levels = record->occupied ? RV_OCCUPIED_COARSE : 0;
    }
    if (map != RV_REASON_NONE) {
        record->occupied        = NULL;
        record->occupied_levels = 0;
    }
    record->occupied_coarse = NULL;
    if (shares != RV_REASON_NONE) {
        record->occupied_reason = shares;
        for (int k = 0; k < RV_RECORD_BINS; ++k) {
            record->occupied_bins[k] = 0;
        }
    }
    if (map != RV_REASON_NONE) {
        record->n_anchors      = 0;
        record->anchors        = NULL;
        record->anchors_reason = map;
    }
}

static void
thin_room(rv_record *const record, const rv_reason motion, const rv_reason health,
          const rv_reason zones)
{
    withhold(&record->motion, motion);
    if (motion != RV_REASON_NONE) {
        record->moving        = RV_UNKNOWN;
        record->moving_reason = motion;
        record->falls_reason  = motion;
        // How sure presence is fades with the time since the last motion, and the score
        // follows the coherence: both would tell of motion
        record->presence_quality = record->presence_quality < 0.5F ? 0.0F : 0.5F;
        record->quality          = coarse(record->quality);
    }
    if (zones != RV_REASON_NONE) {
        record->n_zones      = 0;
        record->zones_reason = zones;
    }
    if (health != RV_REASON_NONE) {
        record->n_nodes = 0;
        record->nodes   = NULL;
        record->n_links = 0;
        record->links   = NULL;
    }
    withhold(&record->variance, motion);
    withhold(&record->shared_change, motion);
    withhold(&record->geometry, health);
    withhold(&record->coherence, health);
    withhold(&record->rssi_dbm, health);
}

void
rv_privacy_thin(const rv_consent consent, const rv_sink sink, rv_record *const record)
{
    rv_reason why[RV_OUTPUT_COUNT];
    for (unsigned i = 0; i < RV_OUTPUT_COUNT; ++i) {
        why[i] = rv_privacy_decide(record->privacy_class, consent, sink, (rv_output)i);
    }
    thin_room(record, why[RV_OUTPUT_MOTION], why[RV_OUTPUT_HEALTH],
              why[RV_OUTPUT_ZONES]);
    thin_links(record, why[RV_OUTPUT_AMPLITUDE], why[RV_OUTPUT_CIR],
               why[RV_OUTPUT_LINK_FEATURES]);
    thin_persons(record, why[RV_OUTPUT_TRACKS], why[RV_OUTPUT_POSE],
                 why[RV_OUTPUT_REID]);
    thin_events(record, consent, sink, why[RV_OUTPUT_TRACKS], why[RV_OUTPUT_MAP]);
    thin_count(record, why[RV_OUTPUT_COUNT_EXACT]);
    thin_map(record, why[RV_OUTPUT_MAP]);
    thin_occupied(record, why[RV_OUTPUT_AMPLITUDE], why[RV_OUTPUT_MAP],
                  why[RV_OUTPUT_ZONES]);
    withhold(&record->breathing_bpm, why[RV_OUTPUT_VITALS]);
    withhold(&record->heart_bpm, why[RV_OUTPUT_VITALS]);
}

void
rv_privacy_gate(const rv_privacy *const self, const rv_sink sink,
                rv_record *const record)
{
    record->privacy_class  = self->active;
    record->privacy_mode   = self->config.mode;
    record->consent        = self->config.consent;
    record->demoted        = self->active > rv_mode_class(self->config.mode);
    record->demoted_reason = record->demoted ? self->reason : RV_REASON_NONE;
    rv_privacy_thin(self->config.consent, sink, record);
}

void
rv_privacy_fail(rv_privacy *const self, rv_record *const record)
{
    const rv_privacy_evidence failed = {
        .t_us = record->t_us, .succeeded = false, .weakness = RV_REASON_ERROR};
    const rv_estimate unknown = rv_unknown(RV_REASON_ERROR);
    rv_record         left    = {
                   .cycle           = record->cycle,
                   .t_us            = record->t_us,
                   .synthetic       = record->synthetic,
                   .live            = record->live,
                   .source          = record->source,
                   .privacy_class   = rv_privacy_step(self, &failed),
                   .privacy_mode    = self->config.mode,
                   .consent         = self->config.consent,
                   .demoted         = true,
                   .demoted_reason  = RV_REASON_ERROR,
                   .presence        = RV_UNKNOWN,
                   .presence_reason = RV_REASON_ERROR,
                   .moving          = RV_UNKNOWN,
                   .moving_reason   = RV_REASON_ERROR,
                   .gate            = RV_GATE_REJECT,
                   .gate_reason     = RV_REASON_ERROR,
                   .persons_reason  = RV_REASON_ERROR,
                   .zones_reason    = RV_REASON_ERROR,
                   .map_reason      = RV_REASON_ERROR,
                   .anchors_reason  = RV_REASON_ERROR,
                   .occupied_reason = RV_REASON_ERROR,
                   .falls_reason    = RV_REASON_ERROR,
    };
    left.motion = left.occupancy = left.breathing_bpm = left.heart_bpm = unknown;
    left.coherence = left.variance = left.rssi_dbm = unknown;
    left.shared_change = left.geometry = unknown;
    for (int i = 0; i < RV_DIGEST_BYTES; ++i) {
        left.input_digest[i] = record->input_digest[i];
    }
    *record = left;
}
