// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/face.h"

#include "server/server.h"

#include <ruview/trust/attestation.h>
#include <ruview/trust/names.h>

#include <jansson.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { token_bytes = 258 };

struct rv_face {
    rv_server        *server;
    rv_command_queue *commands;
    atomic_int        mode, consent; ///< In force
    char              token[token_bytes];
    const char       *hosts[RV_EDGE_NAMES];
    const char       *origins[RV_EDGE_NAMES];
};

static int
hand_on(rv_face *const self, const rv_command *const command, const char *const actor)
{
    return rv_command_queue_put(self->commands, command, actor) ? 202 : 409;
}

/// {"mode": …, "consent": "none" | "vitals" | "full"}, either or both. Whoever may
/// relax has the token; without one, a request may only tighten.
static int
change_privacy(rv_face *const self, const json_t *const body, const bool is_local,
               char *const reply, const size_t room)
{
    const json_t *const   mode_value    = json_object_get(body, "mode");
    const json_t *const   consent_value = json_object_get(body, "consent");
    const char *const     name          = json_string_value(mode_value);
    const char *const     agreed        = json_string_value(consent_value);
    const rv_privacy_mode now           = (rv_privacy_mode)atomic_load(&self->mode);
    rv_privacy_mode       mode          = now;
    int                   consent       = agreed ? 0 : atomic_load(&self->consent);
    while (agreed && consent < RV_CONSENT_COUNT &&
           strcmp(agreed, rv_consent_name((rv_consent)consent)) != 0) {
        ++consent;
    }
    if ((!mode_value && !consent_value) || (mode_value && !name) ||
        (consent_value && !agreed) || consent == RV_CONSENT_COUNT ||
        (name && rv_mode_parse(name, &mode) != RV_OK)) {
        return 400;
    }
    if (self->token[0] == '\0' && (rv_mode_class(mode) < rv_mode_class(now) ||
                                   consent > atomic_load(&self->consent))) {
        snprintf(reply, room,
                 "{\"success\":false,\"error\":\"token_needed\",\"message\":\"to "
                 "relax privacy the server needs a token; set server: token_file: or "
                 "RUVIEW_API_TOKEN\"}");
        return 403;
    }
    const char *const actor     = is_local ? "rest:local" : "rest:network";
    const rv_command  of_mode   = {.kind = RV_COMMAND_MODE, .value = (uint64_t)mode};
    const rv_command  of_people = {.kind    = RV_COMMAND_CONSENT,
                                   .value   = consent != RV_CONSENT_NONE,
                                   .subject = consent == RV_CONSENT_VITALS};
    const int         code      = agreed ? hand_on(self, &of_people, actor) : 202;
    return code == 202 && name ? hand_on(self, &of_mode, actor) : code;
}

static int
calibrate(rv_face *const self, const json_t *const body)
{
    const json_t *const seconds = json_object_get(body, "duration_s");
    const json_int_t    n       = seconds ? json_integer_value(seconds) : 30;
    if (n < 1 || n > 3600) {
        return 400;
    }
    const rv_command command = {.kind  = RV_COMMAND_CALIBRATE_START,
                                .value = (uint64_t)n};
    return hand_on(self, &command, NULL);
}

static int
carry_out(void *const context, const rv_server_command *const command,
          char *const reply, const size_t room)
{
    rv_face *const self = context;
    json_t *const  body = command->n_body > 0
                              ? json_loadb(command->body, command->n_body, 0, NULL)
                              : json_object();
    int            code = 501;
    if (!body) {
        return 400;
    }
    if (strcmp(command->name, "privacy/mode") == 0) {
        code = change_privacy(self, body, command->local, reply, room);
    } else if (strcmp(command->name, "calibration/start") == 0) {
        code = calibrate(self, body);
    } else if (strcmp(command->name, "calibration/stop") == 0) {
        const rv_command stop = {.kind = RV_COMMAND_CALIBRATE_STOP};
        code                  = hand_on(self, &stop, NULL);
    } else if (strcmp(command->name, "config/reload") == 0) {
        const rv_command again = {.kind = RV_COMMAND_RELOAD};
        code                   = hand_on(self, &again, NULL);
    }
    json_decref(body);
    return code;
}

static bool
read_token(rv_face *const self, const char *const path)
{
    FILE *const file = fopen(path, "r");
    if (!file || !fgets(self->token, sizeof self->token, file)) {
        fprintf(stderr, "ruview: token file %s cannot be read\n", path);
        if (file) {
            fclose(file);
        }
        return false;
    }
    fclose(file);
    self->token[strcspn(self->token, "\r\n")] = '\0';
    return true;
}

rv_face *
rv_face_open(const rv_edge_config *const edge, const char *const token,
             rv_command_queue *const commands)
{
    rv_face *const self = calloc(1, sizeof *self);
    if (!self) {
        return NULL;
    }
    self->commands = commands;
    // Nothing may be relaxed before the first record tells what is in force
    atomic_init(&self->mode, RV_MODE_STRICT_NO_IDENTITY);
    atomic_init(&self->consent, RV_CONSENT_NONE);
    const char *const in_environment = getenv("RUVIEW_API_TOKEN");
    if (token) {
        snprintf(self->token, sizeof self->token, "%s", token);
    } else if (in_environment && in_environment[0] != '\0') {
        snprintf(self->token, sizeof self->token, "%s", in_environment);
    } else if (edge->token_file[0] != '\0' && !read_token(self, edge->token_file)) {
        free(self);
        return NULL;
    }
    for (int i = 0; i < edge->n_hosts; ++i) {
        self->hosts[i] = edge->host[i];
    }
    for (int i = 0; i < edge->n_origins; ++i) {
        self->origins[i] = edge->origin[i];
    }
    rv_server_config config = rv_server_config_default();
    config.bind_address     = edge->bind_address;
    config.port             = edge->http_port;
    config.token            = self->token[0] != '\0' ? self->token : NULL;
    config.tls_cert_path    = edge->tls_certificate[0] ? edge->tls_certificate : NULL;
    config.tls_key_path     = edge->tls_key[0] ? edge->tls_key : NULL;
    config.command          = carry_out;
    config.context          = self;
    char problem[256];
    if (rv_server_create(&config, &self->server, problem) != RV_OK) {
        fprintf(stderr, "ruview: the page cannot be served: %s\n", problem);
        free(self);
        return NULL;
    }
    return self;
}

void
rv_face_close(rv_face *const self)
{
    if (self) {
        rv_server_destroy(self->server);
        free(self);
    }
}

uint16_t
rv_face_port(const rv_face *const self)
{
    return rv_server_port(self->server);
}

unsigned
rv_face_clients(rv_face *const self)
{
    rv_server_counts counts;
    rv_server_counts_get(self->server, &counts);
    return counts.clients;
}

static void
publish(rv_face *const self, const rv_server_topic topic, const unsigned readers,
        const char *const json, const size_t n)
{
    if (n > 0) {
        (void)!rv_server_publish(self->server, topic, readers, json, n);
    }
}

void
rv_face_hello(rv_face *const self, const char *const json, const size_t n)
{
    publish(self, RV_TOPIC_HELLO, RV_READER_BOTH, json, n);
}

void
rv_face_record(rv_face *const self, const bool for_all, const char *const json,
               const size_t n)
{
    publish(self, RV_TOPIC_RECORD, for_all ? RV_READER_BOTH : RV_READER_LOCAL, json, n);
}

void
rv_face_metrics(rv_face *const self, const char *const json, const size_t n)
{
    publish(self, RV_TOPIC_METRICS, RV_READER_BOTH, json, n);
}

void
rv_face_prometheus(rv_face *const self, const char *const text, const size_t n)
{
    if (n > 0) {
        (void)!rv_server_set_metrics(self->server, text, n);
    }
}

void
rv_face_purge(rv_face *const self)
{
    rv_server_purge(self->server);
}

void
rv_face_privacy(rv_face *const self, const rv_privacy_mode mode,
                const rv_consent consent)
{
    atomic_store(&self->mode, (int)mode);
    atomic_store(&self->consent, (int)consent);
}
