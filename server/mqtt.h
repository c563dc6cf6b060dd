// SPDX-License-Identifier: MIT
/**
   @file mqtt.h
   The room in Home Assistant: discovery and states over MQTT, by libmosquitto in a
   thread of its own. What is said comes from publish/home_assistant.h; when it is said
   is decided here: presence on change, the rest at most once per period of each entity.

   Place      server/: after the gate. Records given here must have been gated for
              RV_SINK_NETWORK.
   Truth      The broker itself says `offline` when this program dies (last will). An
              entity is announced when it has a producer and the privacy class shows it;
              when the class withholds it, its retained messages are cleared.
   Memory     bounded: nothing is queued while the broker is away.
*/
#ifndef RV_SERVER_MQTT_H
#define RV_SERVER_MQTT_H

#include <ruview/publish/home_assistant.h>

RV_BEGIN_DECLS

/// All there is to choose; start from rv_mqtt_config_default(). Strings are copied
/// or used only during rv_mqtt_create(), but for those of `device`.
typedef struct {
    const char  *host;      ///< Name or address of the broker ("localhost")
    uint16_t     port;      ///< 0: 1883, or 8883 with TLS (0)
    const char  *username;  ///< NULL: none (NULL)
    const char  *password;  ///< Never from a command line; NULL: none (NULL)
    const char  *client_id; ///< NULL: "ruview-" and the device (NULL)
    bool         tls;       ///< Encrypt and check the broker's certificate (false)
    const char  *ca_file;   ///< PEM; NULL: what the system trusts (NULL)
    const char  *cert_file; ///< Client certificate, PEM; NULL: none (NULL)
    const char  *key_file;  ///< Its key, PEM; NULL: none (NULL)
    rv_ha_device device;    ///< Lent until rv_mqtt_destroy()
    uint32_t     entities;  ///< Bit per rv_ha_entity that has a producer
    rv_consent   consent;   ///< As configured (none)
    uint32_t     refresh_s; ///< Repeat discovery, 0: never (600)
} rv_mqtt_config;

typedef struct rv_mqtt rv_mqtt;

/// Prefix "homeassistant", device "ruview"; entities that this release can fill
rv_mqtt_config rv_mqtt_config_default(void);

/**
   Start to connect; a broker that is not there yet is tried again for ever.

   @param problem  O  One sentence with the next step, or ""; may be NULL.
   @return OK; ERR_CONFIG (unsafe device id or prefix, a password over an unencrypted
           connection to another machine, TLS files that cannot be read); ERR_MEMORY;
           ERR_IO.
*/
RV_NODISCARD rv_status rv_mqtt_create(const rv_mqtt_config *config, rv_mqtt **mqtt,
                                      char problem[256]);

/// Say `offline`, disconnect, end the thread; NULL is allowed
void rv_mqtt_destroy(rv_mqtt *mqtt);

/// One record, gated for the network; from one thread. Never waits
void rv_mqtt_publish(rv_mqtt *mqtt, const rv_record *record);

/// What the persons agreed to from now on; retained messages that it no longer covers
/// are cleared with the next record
void rv_mqtt_set_consent(rv_mqtt *mqtt, rv_consent consent);

/// What happened so far
typedef struct {
    bool     connected;
    uint64_t sent;     ///< Messages handed to the library
    uint64_t unsent;   ///< Records that found no broker
    uint64_t connects; ///< Times that the broker was reached
} rv_mqtt_counts;

void rv_mqtt_counts_get(const rv_mqtt *mqtt, rv_mqtt_counts *counts);

RV_END_DECLS

#endif // RV_SERVER_MQTT_H
