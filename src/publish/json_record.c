// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "publish/json_parts.h"

#include <ruview/publish/json_record.h>
#include <ruview/trust/attestation.h>
#include <ruview/trust/names.h>

static void
put_head(rv_json *const j, const rv_record *const r)
{
    static const char *const sources[][2] = {{"esp32:offline", "esp32"},
                                             {"live:offline", "live"},
                                             {"recording:offline", "recording"}};
    rv_json_key(j, "type");
    rv_json_name(j, "sensing_update");
    rv_json_key(j, "schema");
    rv_json_u64(j, RV_SCHEMA);
    rv_json_key(j, "cycle");
    rv_json_u64(j, r->cycle);
    rv_json_key(j, "t_us");
    rv_json_u64(j, r->t_us);
    rv_json_key(j, "synthetic");
    rv_json_bool(j, r->synthetic);
    rv_json_key(j, "live");
    rv_json_bool(j, r->live);
    rv_json_key(j, "source");
    rv_json_name(j, r->synthetic ? (r->live ? "simulated" : "simulated:offline")
                                 : sources[r->source][r->live]);
}

static void
put_picture(rv_json *const j, const rv_record *const r)
{
    rv_json_key(j, "presence");
    rv_json_answer(j, r->presence, r->presence_quality, r->presence_reason);
    rv_json_key(j, "moving");
    rv_json_answer(j, r->moving, r->motion.quality, r->moving_reason);
    rv_json_member_estimate(j, "motion", r->motion);
    rv_json_member_estimate(j, "occupancy", r->occupancy);
    rv_json_key(j, "occupancy_at_least");
    rv_json_bool(j, r->occupancy_at_least);
    rv_json_member_estimate(j, "breathing_bpm", r->breathing_bpm);
    rv_json_member_estimate(j, "heart_bpm", r->heart_bpm);
    rv_json_member_estimate(j, "coherence", r->coherence);
    rv_json_member_estimate(j, "variance", r->variance);
    rv_json_member_estimate(j, "rssi_dbm", r->rssi_dbm);
    rv_json_member_estimate(j, "shared_change", r->shared_change);
    rv_json_member_estimate(j, "geometry", r->geometry);
    rv_json_member_reason(j, "falls_reason", r->falls_reason);
    rv_json_key(j, "zones");
    rv_json_open(j, '[');
    for (uint16_t i = 0; i < r->n_zones; ++i) {
        rv_json_tristate(j, r->zone_occupied[i]);
    }
    rv_json_close(j, ']');
    rv_json_member_reason(j, "zones_reason", r->zones_reason);
}

static void
put_trust(rv_json *const j, const rv_record *const r)
{
    rv_json_key(j, "quality");
    rv_json_f32(j, r->quality);
    rv_json_key(j, "flags");
    rv_json_open(j, '[');
    for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
        if (r->flags >> bit & 1U) {
            rv_json_name(j, rv_flag_name(bit));
        }
    }
    rv_json_close(j, ']');
    rv_json_key(j, "gate");
    rv_json_name(j, rv_gate_name(r->gate));
    rv_json_member_reason(j, "gate_reason", r->gate_reason);
    rv_json_key(j, "recalibrate");
    rv_json_bool(j, r->recalibrate);
    rv_json_key(j, "calibration");
    if (r->calibration) {
        rv_json_hex(j, r->calibration);
    } else {
        rv_json_null(j);
    }
    rv_json_key(j, "privacy");
    rv_json_open(j, '{');
    rv_json_key(j, "class");
    rv_json_name(j, rv_class_name(r->privacy_class));
    rv_json_key(j, "mode");
    rv_json_name(j, rv_mode_name(r->privacy_mode));
    rv_json_key(j, "consent");
    rv_json_name(j, rv_consent_name(r->consent));
    rv_json_key(j, "demoted");
    rv_json_bool(j, r->demoted);
    rv_json_member_reason(j, "reason", r->demoted_reason);
    rv_json_close(j, '}');
    rv_json_key(j, "input_digest");
    rv_json_hex_bytes(j, r->input_digest, RV_DIGEST_BYTES);
    rv_json_key(j, "witness");
    rv_json_hex_bytes(j, r->witness, RV_DIGEST_BYTES);
}

static void
put_number_or_null(rv_json *const j, const rv_estimate e, const float scale)
{
    if (rv_is_known(e)) {
        rv_json_f32(j, e.value * scale);
    } else {
        rv_json_null(j);
    }
}

static void
put_features(rv_json *const j, const rv_record *const r)
{
    unsigned changes = 0;
    for (uint16_t i = 0; i < r->n_events; ++i) {
        changes += r->events[i].kind == RV_EVENT_CHANGE_POINT;
    }
    rv_json_key(j, "features");
    rv_json_open(j, '{');
    rv_json_key(j, "mean_rssi");
    put_number_or_null(j, r->rssi_dbm, 1.0F);
    rv_json_key(j, "variance");
    put_number_or_null(j, r->variance, 1.0F);
    rv_json_key(j, "motion_band_power");
    put_number_or_null(j, r->motion, 100.0F);
    rv_json_key(j, "breathing_band_power");
    rv_json_null(j);
    rv_json_key(j, "dominant_freq_hz");
    put_number_or_null(j, r->breathing_bpm, 1.0F / 60.0F);
    rv_json_key(j, "change_points");
    rv_json_u64(j, changes);
    rv_json_key(j, "spectral_power");
    rv_json_null(j);
    rv_json_close(j, '}');
}

static void
put_classification(rv_json *const j, const rv_record *const r)
{
    const char *level = NULL;
    if (r->presence == RV_NO) {
        level = "absent";
    } else if (r->presence == RV_YES && r->moving != RV_UNKNOWN) {
        level = r->moving == RV_NO                                 ? "present_still"
                : rv_is_known(r->motion) && r->motion.value > 0.5F ? "active"
                                                                   : "present_moving";
    }
    rv_json_key(j, "classification");
    rv_json_open(j, '{');
    rv_json_key(j, "motion_level");
    if (level) {
        rv_json_name(j, level);
    } else {
        rv_json_null(j);
    }
    rv_json_key(j, "presence");
    rv_json_tristate(j, r->presence);
    rv_json_key(j, "confidence");
    rv_json_f32(j, r->presence == RV_UNKNOWN ? 0.0F : r->presence_quality);
    rv_json_close(j, '}');
}

static void
put_vital_signs(rv_json *const j, const rv_record *const r)
{
    rv_json_key(j, "vital_signs");
    rv_json_open(j, '{');
    rv_json_key(j, "breathing_rate_bpm");
    put_number_or_null(j, r->breathing_bpm, 1.0F);
    rv_json_key(j, "heart_rate_bpm");
    put_number_or_null(j, r->heart_bpm, 1.0F);
    rv_json_key(j, "breathing_confidence");
    rv_json_f32(j, rv_is_known(r->breathing_bpm) ? r->breathing_bpm.quality : 0.0F);
    rv_json_key(j, "heartbeat_confidence");
    rv_json_f32(j, rv_is_known(r->heart_bpm) ? r->heart_bpm.quality : 0.0F);
    rv_json_key(j, "signal_quality");
    rv_json_f32(j, r->quality);
    rv_json_close(j, '}');
}

static void
put_timestamp(rv_json *const j, const uint64_t t_us)
{
    rv_json_key(j, "timestamp");
    rv_json_decimal(j, (int64_t)(t_us / 1000 & INT64_MAX), 3);
    rv_json_key(j, "tick");
}

rv_status
rv_json_record(const rv_record *const record, char *const out, size_t *const n_bytes)
{
    rv_json json = rv_json_begin(out, *n_bytes);
    rv_json_open(&json, '{');
    put_head(&json, record);
    put_timestamp(&json, record->t_us);
    rv_json_u64(&json, record->cycle);
    put_picture(&json, record);
    put_trust(&json, record);
    rv_json_nodes(&json, record);
    rv_json_links(&json, record);
    rv_json_persons(&json, record);
    rv_json_map(&json, record);
    rv_json_events(&json, record);
    put_features(&json, record);
    put_classification(&json, record);
    put_vital_signs(&json, record);
    rv_json_key(&json, "estimated_persons");
    if (rv_is_known(record->occupancy)) {
        rv_json_fixed(&json, record->occupancy.value, 0);
    } else {
        rv_json_null(&json);
    }
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}

rv_status
rv_json_event(const rv_record_event *const event, const uint64_t cycle, char *const out,
              size_t *const n_bytes)
{
    rv_json json = rv_json_begin(out, *n_bytes);
    rv_json_open(&json, '{');
    rv_json_key(&json, "type");
    rv_json_name(&json, "event");
    rv_json_key(&json, "cycle");
    rv_json_u64(&json, cycle);
    rv_json_event_members(&json, event);
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}

rv_status
rv_json_lag(const uint64_t skipped, const uint64_t next_cycle, char *const out,
            size_t *const n_bytes)
{
    rv_json json = rv_json_begin(out, *n_bytes);
    rv_json_open(&json, '{');
    rv_json_key(&json, "type");
    rv_json_name(&json, "lag");
    rv_json_key(&json, "skipped");
    rv_json_u64(&json, skipped);
    rv_json_key(&json, "next_cycle");
    rv_json_u64(&json, next_cycle);
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}

rv_status
rv_json_error(const char *const code, const char *const text, const char *const next,
              char *const out, size_t *const n_bytes)
{
    rv_json json = rv_json_begin(out, *n_bytes);
    rv_json_open(&json, '{');
    rv_json_key(&json, "type");
    rv_json_name(&json, "error");
    rv_json_key(&json, "code");
    rv_json_string(&json, code);
    rv_json_key(&json, "text");
    rv_json_string(&json, text);
    rv_json_key(&json, "next");
    rv_json_string(&json, next);
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}
