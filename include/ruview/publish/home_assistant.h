// SPDX-License-Identifier: MIT
/**
   @file home_assistant.h
   Topics and payloads for Home Assistant by MQTT discovery. No sockets: whoever owns
   the broker connection asks for the bytes.

   An entity is discovered only when it has a producer and the privacy class shows it;
   when that ends, its retained configuration is to be cleared with an empty payload.

   Place      publish: after the privacy gate for the network.
   Source     Home Assistant MQTT discovery; topic names of the existing servers.
*/
#ifndef RV_PUBLISH_HOME_ASSISTANT_H
#define RV_PUBLISH_HOME_ASSISTANT_H

#include <ruview/trust/privacy.h>
#include <ruview/trust/record.h>

RV_BEGIN_DECLS

typedef enum {
    RV_HA_PRESENCE,
    RV_HA_PERSON_COUNT,
    RV_HA_MOTION_LEVEL,
    RV_HA_BREATHING_RATE,
    RV_HA_HEART_RATE,
    RV_HA_PRESENCE_SCORE,
    RV_HA_RSSI,
    RV_HA_FALL,
    RV_HA_QUALITY,
    RV_HA_PRIVACY_MODE,
    RV_HA_ENTITY_COUNT,
} rv_ha_entity;

typedef enum { RV_HA_CONFIG, RV_HA_STATE, RV_HA_AVAILABILITY } rv_ha_topic;

/// Who speaks
typedef struct {
    const char *prefix;  ///< "homeassistant"
    const char *device;  ///< Safe id: 1..64 of [A-Za-z0-9._-], no leading dot
    const char *name;    ///< For people
    const char *version; ///< Of the software
} rv_ha_device;

/// How an entity is sent
typedef struct {
    const char *slug;      ///< "presence" …
    const char *component; ///< "binary_sensor" …
    uint8_t     qos;
    bool        retain;
    uint32_t    period_ms; ///< At most one state per period; 0: on change only
    rv_output   output;    ///< What the privacy matrix calls it
} rv_ha_traits;

/// NULL outside the range
RV_API const rv_ha_traits *rv_ha_traits_of(rv_ha_entity entity);

/// 1..64 bytes of [A-Za-z0-9._-] without a leading dot
RV_API bool rv_is_safe_id(const char *id);

/// Topic without a terminating zero; conventions of rv_json_record; ERR_VALUE: device
/// id. All entities of a device share one availability topic, since a broker keeps one
/// last will per connection
RV_API RV_NODISCARD rv_status rv_ha_topic_name(const rv_ha_device *device,
                                               rv_ha_entity entity, rv_ha_topic topic,
                                               char *out, size_t *n_bytes);

/// Discovery payload
RV_API RV_NODISCARD rv_status rv_ha_config_payload(const rv_ha_device *device,
                                                   rv_ha_entity entity, char *out,
                                                   size_t *n_bytes);

/**
   State payload of a record that was gated for the network. An unknown value is
   published as unknown (`None`, or null with its reason).

   @return OK; ERR_EMPTY: nothing to send now (no such event in this record, or withheld
           by privacy); ERR_FULL.
*/
RV_API RV_NODISCARD rv_status rv_ha_state_payload(rv_ha_entity     entity,
                                                  const rv_record *record, char *out,
                                                  size_t *n_bytes);

RV_END_DECLS

#endif // RV_PUBLISH_HOME_ASSISTANT_H
