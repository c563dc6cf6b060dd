// SPDX-License-Identifier: MIT
#include "server/mqtt.h"

#include <mosquitto.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    keep_alive_s    = 30,
    heartbeat_ms    = 30000,
    topic_bytes     = 320,
    payload_bytes   = 2048,
    longest_wait_s  = 30,
    max_state_bytes = 128, ///< Of a state that is sent on change
};

/// What was said of one entity
typedef struct {
    bool     announced;
    bool     cleared; ///< Its retained messages are empty
    uint64_t due_ms;  ///< Next state may go out then
    char     last[max_state_bytes];
} entity_state;

struct rv_mqtt {
    struct mosquitto *client;
    rv_mqtt_config    config;
    char              availability[topic_bytes];
    char        status[topic_bytes]; ///< Where Home Assistant says that it started
    atomic_bool connected;
    atomic_bool announce; ///< Say everything again
    atomic_uint_fast64_t connects;
    uint64_t             sent;
    uint64_t             unsent;
    uint64_t             heartbeat_ms;
    uint64_t             refresh_ms;
    entity_state         entities[RV_HA_ENTITY_COUNT];
};

static uint64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000U + (uint64_t)now.tv_nsec / 1000000U;
}

static void
say(char problem[256], const char *const sentence)
{
    if (problem) {
        snprintf(problem, 256, "%s", sentence);
    }
}

rv_mqtt_config
rv_mqtt_config_default(void)
{
    return (rv_mqtt_config){
        .host     = "localhost",
        .device   = {.prefix  = "homeassistant",
                     .device  = "ruview",
                     .name    = "RuView",
                     .version = "0"},
        .entities = 1U << RV_HA_PRESENCE | 1U << RV_HA_PERSON_COUNT |
                    1U << RV_HA_MOTION_LEVEL | 1U << RV_HA_BREATHING_RATE |
                    1U << RV_HA_PRESENCE_SCORE | 1U << RV_HA_RSSI |
                    1U << RV_HA_QUALITY | 1U << RV_HA_PRIVACY_MODE,
        .refresh_s = 600,
    };
}

static rv_status
topic_of(const rv_mqtt *const self, const rv_ha_entity entity, const rv_ha_topic topic,
         char out[topic_bytes])
{
    size_t          n = topic_bytes - 1;
    const rv_status status =
        rv_ha_topic_name(&self->config.device, entity, topic, out, &n);
    out[status == RV_OK ? n : 0] = '\0';
    return status;
}

static void
send_bytes(rv_mqtt *const self, const char *const topic, const char *const payload,
           const size_t n, const int qos, const bool retain)
{
    if (mosquitto_publish(self->client, NULL, topic, (int)n, payload, qos, retain) ==
        MOSQ_ERR_SUCCESS) {
        ++self->sent;
    }
}

// ---- callbacks, in the library's thread

static void
on_connect(struct mosquitto *const client, void *const context, const int code)
{
    rv_mqtt *const self = context;
    if (code != 0) {
        return;
    }
    atomic_fetch_add(&self->connects, 1);
    mosquitto_publish(client, NULL, self->availability, 6, "online", 1, true);
    mosquitto_subscribe(client, NULL, self->status, 1);
    atomic_store(&self->announce, true);
    atomic_store(&self->connected, true);
}

static void
on_disconnect(struct mosquitto *const client, void *const context, const int code)
{
    (void)client;
    (void)code;
    rv_mqtt *const self = context;
    atomic_store(&self->connected, false);
}

static void
on_message(struct mosquitto *const client, void *const context,
           const struct mosquitto_message *const message)
{
    (void)client;
    rv_mqtt *const self = context;
    if (message->payloadlen == 6 && memcmp(message->payload, "online", 6) == 0) {
        atomic_store(&self->announce, true); // Home Assistant has just started
    }
}

// ---- start and end

static rv_status
set_tls(const rv_mqtt *const self, const rv_mqtt_config *const config,
        char problem[256])
{
    if (!config->tls) {
        return RV_OK;
    }
    const char *const folder = config->ca_file ? NULL : "/etc/ssl/certs";
    if (mosquitto_tls_set(self->client, config->ca_file, folder, config->cert_file,
                          config->key_file, NULL) != MOSQ_ERR_SUCCESS ||
        mosquitto_tls_opts_set(self->client, 1, "tlsv1.2", NULL) != MOSQ_ERR_SUCCESS) {
        say(problem, "the TLS files for MQTT cannot be read");
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

static bool
is_this_machine(const char *const host)
{
    return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "::1") == 0;
}

static rv_status
check(const rv_mqtt_config *const config, char problem[256])
{
    if (!config->host || !rv_is_safe_id(config->device.device) ||
        !rv_is_safe_id(config->device.prefix)) {
        say(problem, "MQTT needs a host, and a device and prefix of 1 to 64 of A-Z a-z "
                     "0-9 . _ - without a leading dot");
        return RV_ERR_CONFIG;
    }
    if (config->password && !config->tls && !is_this_machine(config->host)) {
        say(problem, "a password would cross the network readably; set tls for MQTT");
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

static rv_status
start(rv_mqtt *const self, const rv_mqtt_config *const config, char problem[256])
{
    char id[96];
    snprintf(id, sizeof id, "ruview-%s", config->device.device);
    snprintf(self->status, sizeof self->status, "%s/status", config->device.prefix);
    if (topic_of(self, RV_HA_PRESENCE, RV_HA_AVAILABILITY, self->availability) !=
        RV_OK) {
        return RV_ERR_CONFIG;
    }
    self->client =
        mosquitto_new(config->client_id ? config->client_id : id, true, self);
    if (!self->client) {
        return RV_ERR_MEMORY;
    }
    mosquitto_connect_callback_set(self->client, on_connect);
    mosquitto_disconnect_callback_set(self->client, on_disconnect);
    mosquitto_message_callback_set(self->client, on_message);
    mosquitto_reconnect_delay_set(self->client, 1, longest_wait_s, true);
    mosquitto_will_set(self->client, self->availability, 7, "offline", 1, true);
    if (config->username) {
        mosquitto_username_pw_set(self->client, config->username, config->password);
    }
    const rv_status tls = set_tls(self, config, problem);
    if (tls != RV_OK) {
        return tls;
    }
    const int port = config->port ? config->port : config->tls ? 8883 : 1883;
    // A broker that is not there yet is no error: the thread goes on trying
    (void)mosquitto_connect_async(self->client, config->host, port, keep_alive_s);
    if (mosquitto_loop_start(self->client) != MOSQ_ERR_SUCCESS) {
        say(problem, "the system starts no further thread");
        return RV_ERR_IO;
    }
    return RV_OK;
}

rv_status
rv_mqtt_create(const rv_mqtt_config *const config, rv_mqtt **const mqtt,
               char problem[256])
{
    say(problem, "");
    const rv_status checked = check(config, problem);
    if (checked != RV_OK) {
        return checked;
    }
    rv_mqtt *const self = calloc(1, sizeof *self);
    if (!self) {
        return RV_ERR_MEMORY;
    }
    mosquitto_lib_init();
    self->config           = *config;
    self->config.password  = NULL; // the library has its copy
    const rv_status status = start(self, config, problem);
    if (status != RV_OK) {
        mosquitto_destroy(self->client);
        mosquitto_lib_cleanup();
        free(self);
        return status;
    }
    *mqtt = self;
    return RV_OK;
}

void
rv_mqtt_destroy(rv_mqtt *const mqtt)
{
    if (!mqtt) {
        return;
    }
    if (atomic_load(&mqtt->connected)) {
        send_bytes(mqtt, mqtt->availability, "offline", 7, 1, true);
    }
    mosquitto_disconnect(mqtt->client);
    mosquitto_loop_stop(mqtt->client, !atomic_load(&mqtt->connected));
    mosquitto_destroy(mqtt->client);
    mosquitto_lib_cleanup();
    free(mqtt);
}

// ---- records

static void
announce(rv_mqtt *const self, const rv_ha_entity entity)
{
    char   topic[topic_bytes], payload[payload_bytes];
    size_t n = sizeof payload;
    if (topic_of(self, entity, RV_HA_CONFIG, topic) == RV_OK &&
        rv_ha_config_payload(&self->config.device, entity, payload, &n) == RV_OK) {
        send_bytes(self, topic, payload, n, 1, true);
        self->entities[entity].announced = true;
        self->entities[entity].cleared   = false;
    }
}

// Nothing retained may outlive the right to show it: not its state, not its existence
static void
clear(rv_mqtt *const self, const rv_ha_entity entity)
{
    char topic[topic_bytes];
    if (topic_of(self, entity, RV_HA_CONFIG, topic) == RV_OK) {
        send_bytes(self, topic, NULL, 0, 1, true);
    }
    if (topic_of(self, entity, RV_HA_STATE, topic) == RV_OK &&
        rv_ha_traits_of(entity)->retain) {
        send_bytes(self, topic, NULL, 0, 1, true);
    }
    self->entities[entity] = (entity_state){.cleared = true};
}

// Whether a state that is sent on change has changed: all but its time stamp counts
static bool
has_changed(entity_state *const state, const char *const payload, const size_t n)
{
    char              text[max_state_bytes];
    const size_t      room = n < sizeof text - 1 ? n : sizeof text - 1;
    const char *const time = memcpy(text, payload, room);
    text[room]             = '\0';
    char *const stamp      = strstr(text, "\"ts\"");
    if (stamp) {
        *stamp = '\0';
    }
    if (strcmp(time, state->last) == 0) {
        return false;
    }
    memcpy(state->last, text, sizeof text);
    return true;
}

static void
send_state(rv_mqtt *const self, const rv_ha_entity entity,
           const rv_record *const record, const uint64_t now)
{
    const rv_ha_traits *const traits = rv_ha_traits_of(entity);
    entity_state *const       state  = &self->entities[entity];
    char                      topic[topic_bytes], payload[payload_bytes];
    size_t                    n = sizeof payload;
    if (traits->period_ms > 0 && now < state->due_ms) {
        return;
    }
    if (rv_ha_state_payload(entity, record, payload, &n) != RV_OK ||
        topic_of(self, entity, RV_HA_STATE, topic) != RV_OK) {
        return;
    }
    if (entity != RV_HA_FALL && traits->period_ms == 0 &&
        !has_changed(state, payload, n)) {
        return;
    }
    // Counted from when it was due, so that the rate holds on average; after a pause
    // from now, so that nothing is made up for
    const bool is_late = now > state->due_ms + traits->period_ms;
    state->due_ms      = (is_late ? now : state->due_ms) + traits->period_ms;
    send_bytes(self, topic, payload, n, traits->qos, traits->retain);
}

static bool
is_shown(const rv_mqtt *const self, const rv_ha_entity entity,
         const rv_record *const record)
{
    return (self->config.entities & 1U << entity) &&
           rv_privacy_decide(record->privacy_class, self->config.consent,
                             RV_SINK_NETWORK,
                             rv_ha_traits_of(entity)->output) == RV_REASON_NONE;
}

static void
keep_alive(rv_mqtt *const self, const uint64_t now)
{
    if (atomic_exchange(&self->announce, false) ||
        (self->config.refresh_s > 0 && now >= self->refresh_ms)) {
        for (int entity = 0; entity < RV_HA_ENTITY_COUNT; ++entity) {
            self->entities[entity] = (entity_state){.due_ms = now};
        }
        self->refresh_ms = now + UINT64_C(1000) * self->config.refresh_s;
    }
    if (now >= self->heartbeat_ms) {
        send_bytes(self, self->availability, "online", 6, 1, true);
        self->heartbeat_ms = now + heartbeat_ms;
    }
}

void
rv_mqtt_publish(rv_mqtt *const mqtt, const rv_record *const record)
{
    if (!atomic_load(&mqtt->connected)) {
        ++mqtt->unsent;
        return;
    }
    const uint64_t now = now_ms();
    keep_alive(mqtt, now);
    for (unsigned i = 0; i < RV_HA_ENTITY_COUNT; ++i) {
        const rv_ha_entity entity = (rv_ha_entity)i;
        if (!is_shown(mqtt, entity, record)) {
            if (!mqtt->entities[i].cleared) {
                clear(mqtt, entity);
            }
            continue;
        }
        if (!mqtt->entities[i].announced) {
            announce(mqtt, entity);
        }
        send_state(mqtt, entity, record, now);
    }
}

void
rv_mqtt_set_consent(rv_mqtt *const mqtt, const rv_consent consent)
{
    mqtt->config.consent = consent;
}

void
rv_mqtt_counts_get(const rv_mqtt *const mqtt, rv_mqtt_counts *const counts)
{
    *counts = (rv_mqtt_counts){.connected = atomic_load(&mqtt->connected),
                               .sent      = mqtt->sent,
                               .unsent    = mqtt->unsent,
                               .connects  = atomic_load(&mqtt->connects)};
}
