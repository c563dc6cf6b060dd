// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "publish/json_writer.h"

#include <ruview/publish/home_assistant.h>
#include <ruview/publish/rfc3339.h>
#include <ruview/trust/names.h>

/// What discovery says of an entity; NULL: not said
typedef struct {
    const char *name;
    const char *device_class;
    const char *unit;
    const char *icon;
    const char *key; ///< Of the state object; NULL: the payload is the state
} looks;

static const rv_ha_traits traits[RV_HA_ENTITY_COUNT] = {
    [RV_HA_PRESENCE] = {"presence", "binary_sensor", 1, true, 0, RV_OUTPUT_PRESENCE},
    [RV_HA_PERSON_COUNT] = {"person_count", "sensor", 0, false, 1000,
                            RV_OUTPUT_COUNT_COARSE},
    [RV_HA_MOTION_LEVEL] = {"motion_level", "sensor", 0, false, 1000, RV_OUTPUT_MOTION},
    [RV_HA_BREATHING_RATE] = {"breathing_rate", "sensor", 0, false, 5000,
                              RV_OUTPUT_VITALS},
    [RV_HA_HEART_RATE]     = {"heart_rate", "sensor", 0, false, 5000, RV_OUTPUT_VITALS},
    [RV_HA_PRESENCE_SCORE] = {"presence_score", "sensor", 0, false, 1000,
                              RV_OUTPUT_PRESENCE},
    [RV_HA_RSSI]           = {"rssi", "sensor", 0, false, 10000, RV_OUTPUT_HEALTH},
    [RV_HA_FALL]           = {"fall", "event", 1, false, 0, RV_OUTPUT_MOTION},
    [RV_HA_QUALITY]        = {"quality", "sensor", 0, false, 10000, RV_OUTPUT_QUALITY},
    [RV_HA_PRIVACY_MODE]   = {"privacy_mode", "sensor", 1, true, 0, RV_OUTPUT_QUALITY},
};

static const looks looks_of[RV_HA_ENTITY_COUNT] = {
    [RV_HA_PRESENCE]       = {"Presence", "occupancy", NULL, "mdi:motion-sensor", NULL},
    [RV_HA_PERSON_COUNT]   = {"Persons", NULL, "persons", "mdi:account-group",
                              "n_persons"},
    [RV_HA_MOTION_LEVEL]   = {"Motion", NULL, "%", "mdi:run", "level_pct"},
    [RV_HA_BREATHING_RATE] = {"Breathing rate", NULL, "bpm", "mdi:lungs", "bpm"},
    [RV_HA_HEART_RATE]     = {"Heart rate", NULL, "bpm", "mdi:heart-pulse", "bpm"},
    [RV_HA_PRESENCE_SCORE] = {"Presence score", NULL, "%", "mdi:percent", "score_pct"},
    [RV_HA_RSSI]    = {"Signal strength", "signal_strength", "dBm", "mdi:wifi", "dbm"},
    [RV_HA_FALL]    = {"Fall", NULL, NULL, "mdi:human-cane", NULL},
    [RV_HA_QUALITY] = {"Quality", NULL, "%", "mdi:gauge", "quality_pct"},
    [RV_HA_PRIVACY_MODE] = {"Privacy mode", NULL, NULL, "mdi:shield-account", "mode"},
};

const rv_ha_traits *
rv_ha_traits_of(const rv_ha_entity entity)
{
    return (unsigned)entity < RV_HA_ENTITY_COUNT ? &traits[entity] : NULL;
}

bool
rv_is_safe_id(const char *const id)
{
    size_t n = 0;
    for (; id[n] && n <= 64; ++n) {
        const char c  = id[n];
        const bool ok = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (!ok) {
            return false;
        }
    }
    return n >= 1 && n <= 64 && id[0] != '.';
}

static void
put_text(rv_json *const j, const char *const text)
{
    rv_json_raw(j, text, rv_json_length(text));
}

// A broker keeps one last will per connection, so all entities of a device share one
// availability topic: that of presence
static void
put_topic(rv_json *const j, const rv_ha_device *const device, const rv_ha_entity of,
          const rv_ha_topic topic)
{
    static const char *const last[] = {"config", "state", "availability"};
    const rv_ha_entity       entity = topic == RV_HA_AVAILABILITY ? RV_HA_PRESENCE : of;
    put_text(j, device->prefix);
    put_text(j, "/");
    put_text(j, traits[entity].component);
    put_text(j, "/wifi_densepose_");
    put_text(j, device->device);
    put_text(j, "/");
    put_text(j, traits[entity].slug);
    put_text(j, "/");
    put_text(j, last[topic]);
}

static rv_status
check(const rv_ha_device *const device, const rv_ha_entity entity)
{
    if ((unsigned)entity >= RV_HA_ENTITY_COUNT) {
        return RV_ERR_RANGE;
    }
    return rv_is_safe_id(device->device) && rv_is_safe_id(device->prefix)
               ? RV_OK
               : RV_ERR_VALUE;
}

rv_status
rv_ha_topic_name(const rv_ha_device *const device, const rv_ha_entity entity,
                 const rv_ha_topic topic, char *const out, size_t *const n_bytes)
{
    const rv_status status = check(device, entity);
    if (status != RV_OK) {
        return status;
    }
    if ((unsigned)topic > RV_HA_AVAILABILITY) {
        return RV_ERR_RANGE;
    }
    rv_json j = rv_json_begin(out, *n_bytes);
    put_topic(&j, device, entity, topic);
    return rv_json_end(&j, n_bytes);
}

static void
put_topic_member(rv_json *const j, const rv_ha_device *const device,
                 const rv_ha_entity entity, const rv_ha_topic topic)
{
    put_text(j, "\"");
    put_topic(j, device, entity, topic);
    put_text(j, "\"");
    j->wants_comma = true;
}

static void
put_unique_id(rv_json *const j, const rv_ha_device *const device,
              const rv_ha_entity entity)
{
    put_text(j, "\"wifi_densepose_");
    put_text(j, device->device);
    put_text(j, "_");
    put_text(j, traits[entity].slug);
    put_text(j, "\"");
    j->wants_comma = true;
}

static void
put_kind_members(rv_json *const j, const rv_ha_entity entity)
{
    const looks *const l = &looks_of[entity];
    if (entity == RV_HA_PRESENCE) {
        rv_json_key(j, "payload_on");
        rv_json_name(j, "ON");
        rv_json_key(j, "payload_off");
        rv_json_name(j, "OFF");
    }
    if (l->device_class) {
        rv_json_key(j, "device_class");
        rv_json_name(j, l->device_class);
    }
    if (l->unit) {
        rv_json_key(j, "state_class");
        rv_json_name(j, "measurement");
        rv_json_key(j, "unit_of_measurement");
        rv_json_name(j, l->unit);
    }
    rv_json_key(j, "icon");
    rv_json_name(j, l->icon);
    if (l->key) {
        rv_json_key(j, "value_template");
        put_text(j, "\"{{ value_json.");
        put_text(j, l->key);
        put_text(j, " }}\"");
        j->wants_comma = true;
    }
    if (entity == RV_HA_FALL) {
        rv_json_key(j, "event_types");
        rv_json_open(j, '[');
        rv_json_name(j, "fall_detected");
        rv_json_close(j, ']');
    }
}

static void
put_device(rv_json *const j, const rv_ha_device *const device)
{
    rv_json_key(j, "device");
    rv_json_open(j, '{');
    rv_json_key(j, "identifiers");
    rv_json_open(j, '[');
    put_text(j, "\"wifi_densepose_");
    put_text(j, device->device);
    put_text(j, "\"");
    rv_json_close(j, ']');
    rv_json_key(j, "name");
    rv_json_string(j, device->name);
    rv_json_key(j, "manufacturer");
    rv_json_name(j, "RuView");
    rv_json_key(j, "model");
    rv_json_name(j, "WiFi sensing");
    rv_json_key(j, "sw_version");
    rv_json_string(j, device->version);
    rv_json_close(j, '}');
    rv_json_key(j, "origin");
    rv_json_open(j, '{');
    rv_json_key(j, "name");
    rv_json_name(j, "ruview");
    rv_json_key(j, "sw_version");
    rv_json_string(j, device->version);
    rv_json_close(j, '}');
}

rv_status
rv_ha_config_payload(const rv_ha_device *const device, const rv_ha_entity entity,
                     char *const out, size_t *const n_bytes)
{
    const rv_status status = check(device, entity);
    if (status != RV_OK) {
        return status;
    }
    rv_json j = rv_json_begin(out, *n_bytes);
    rv_json_open(&j, '{');
    rv_json_key(&j, "name");
    rv_json_name(&j, looks_of[entity].name);
    rv_json_key(&j, "unique_id");
    put_unique_id(&j, device, entity);
    rv_json_key(&j, "object_id");
    put_unique_id(&j, device, entity);
    rv_json_key(&j, "state_topic");
    put_topic_member(&j, device, entity, RV_HA_STATE);
    rv_json_key(&j, "availability_topic");
    put_topic_member(&j, device, entity, RV_HA_AVAILABILITY);
    rv_json_key(&j, "payload_available");
    rv_json_name(&j, "online");
    rv_json_key(&j, "payload_not_available");
    rv_json_name(&j, "offline");
    put_kind_members(&j, entity);
    rv_json_key(&j, "qos");
    rv_json_u64(&j, traits[entity].qos);
    put_device(&j, device);
    rv_json_close(&j, '}');
    return rv_json_end(&j, n_bytes);
}

static void
put_time(rv_json *const j, const uint64_t t_us)
{
    char text[RV_RFC3339_CHARS + 2];
    text[0] = '"';
    rv_rfc3339(t_us, text + 1);
    text[RV_RFC3339_CHARS + 1] = '"';
    rv_json_key(j, "ts");
    rv_json_raw(j, text, sizeof text);
    j->wants_comma = true;
}

/// `{"<key>":value,"ts":"…"}`, null with a reason when unknown
static void
put_number(rv_json *const j, const char *const key, const rv_estimate e,
           const float scale, const uint32_t n_decimals, const rv_record *const r)
{
    rv_json_open(j, '{');
    rv_json_key_n(j, key, rv_json_length(key));
    if (rv_is_known(e)) {
        rv_json_fixed(j, e.value * scale, n_decimals);
        rv_json_key(j, "confidence");
        rv_json_fixed(j, e.quality, 2);
    } else {
        rv_json_null(j);
        rv_json_key(j, "reason");
        rv_json_name(j, rv_reason_name(e.reason));
    }
    put_time(j, r->t_us);
    rv_json_close(j, '}');
}

static rv_status
put_fall(rv_json *const j, const rv_record *const r)
{
    for (uint16_t i = 0; i < r->n_events; ++i) {
        if (r->events[i].kind == RV_EVENT_FALL_CONFIRMED) {
            rv_json_open(j, '{');
            rv_json_key(j, "event_type");
            rv_json_name(j, "fall_detected");
            put_time(j, r->events[i].t_us);
            rv_json_key(j, "confidence");
            rv_json_fixed(j, r->events[i].confidence, 2);
            rv_json_close(j, '}');
            return RV_OK;
        }
    }
    return RV_ERR_EMPTY;
}

static void
put_presence(rv_json *const j, const rv_record *const r)
{
    put_text(j, r->presence == RV_YES ? "ON" : r->presence == RV_NO ? "OFF" : "None");
}

static void
put_mode(rv_json *const j, const rv_record *const r)
{
    rv_json_open(j, '{');
    rv_json_key(j, "mode");
    rv_json_name(j, rv_mode_name(r->privacy_mode));
    rv_json_key(j, "class");
    rv_json_name(j, rv_class_name(r->privacy_class));
    rv_json_key(j, "demoted");
    rv_json_bool(j, r->demoted);
    put_time(j, r->t_us);
    rv_json_close(j, '}');
}

static bool
is_withheld(const rv_estimate e)
{
    return e.reason == RV_REASON_PRIVACY || e.reason == RV_REASON_CONSENT;
}

static rv_status
put_state(rv_json *const j, const rv_ha_entity entity, const rv_record *const r)
{
    const char *const key    = looks_of[entity].key;
    rv_estimate       e      = {0};
    float             scale  = 1.0F;
    uint32_t          places = 0;
    switch (entity) {
    case RV_HA_PRESENCE:
        put_presence(j, r);
        return RV_OK;
    case RV_HA_FALL:
        return put_fall(j, r);
    case RV_HA_PRIVACY_MODE:
        put_mode(j, r);
        return RV_OK;
    case RV_HA_PERSON_COUNT:
        e = r->occupancy;
        break;
    case RV_HA_MOTION_LEVEL:
        e      = r->motion;
        scale  = 100.0F;
        places = 1;
        break;
    case RV_HA_BREATHING_RATE:
        e      = r->breathing_bpm;
        places = 1;
        break;
    case RV_HA_HEART_RATE:
        e      = r->heart_bpm;
        places = 1;
        break;
    case RV_HA_PRESENCE_SCORE:
        e      = r->presence == RV_UNKNOWN
                     ? rv_unknown(r->presence_reason)
                     : rv_known(r->presence == RV_YES ? r->presence_quality
                                                      : 1.0F - r->presence_quality,
                           0.0F, r->presence_quality);
        scale  = 100.0F;
        places = 1;
        break;
    case RV_HA_RSSI:
        e      = r->rssi_dbm;
        places = 1;
        break;
    case RV_HA_QUALITY:
        e      = rv_known(r->quality, 0.0F, 1.0F);
        scale  = 100.0F;
        places = 1;
        break;
    case RV_HA_ENTITY_COUNT:
        return RV_ERR_RANGE;
    }
    if (is_withheld(e)) {
        return RV_ERR_EMPTY;
    }
    put_number(j, key, e, scale, places, r);
    return RV_OK;
}

rv_status
rv_ha_state_payload(const rv_ha_entity entity, const rv_record *const record,
                    char *const out, size_t *const n_bytes)
{
    if ((unsigned)entity >= RV_HA_ENTITY_COUNT) {
        return RV_ERR_RANGE;
    }
    rv_json         j      = rv_json_begin(out, *n_bytes);
    const rv_status status = put_state(&j, entity, record);
    return status == RV_OK ? rv_json_end(&j, n_bytes) : status;
}
