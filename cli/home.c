// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/home.h"

#include "server/mqtt.h"

#include <ruview/base/version.h>

#include <stdio.h>
#include <stdlib.h>

struct rv_home {
    rv_mqtt        *mqtt;
    rv_consent      consent;
    rv_record_node  node[RV_MAX_NODES];
    rv_record_event event[RV_MAX_EVENTS];
};

rv_home *
rv_home_open(const rv_edge_config *const edge, const rv_engine_config *const engine)
{
    rv_home *const self = calloc(1, sizeof *self);
    if (!self) {
        return NULL;
    }
    self->consent         = rv_engine_consent(engine);
    rv_mqtt_config config = rv_mqtt_config_default();
    config.host           = edge->mqtt_host;
    config.port           = edge->mqtt_port;
    config.username       = getenv("RUVIEW_MQTT_USER");
    config.password       = getenv("RUVIEW_MQTT_PASSWORD");
    config.device.version = RV_VERSION;
    config.consent        = self->consent;
    char problem[256];
    if (rv_mqtt_create(&config, &self->mqtt, problem) != RV_OK) {
        fprintf(stderr, "ruview: MQTT: %s\n", problem);
        free(self);
        return NULL;
    }
    return self;
}

void
rv_home_close(rv_home *const self)
{
    if (self) {
        rv_mqtt_destroy(self->mqtt);
        free(self);
    }
}

// The record was gated for this machine; what goes to a broker is thinned out further,
// in a copy that leaves out the lists no entity is made of
void
rv_home_cycle(rv_home *const self, const rv_cycle_output *const output)
{
    if (output->record->consent != self->consent) {
        self->consent = output->record->consent;
        rv_mqtt_set_consent(self->mqtt, self->consent);
    }
    rv_record thin = *output->record;
    for (int i = 0; i < thin.n_nodes; ++i) {
        self->node[i] = thin.nodes[i];
    }
    for (int i = 0; i < thin.n_events; ++i) {
        self->event[i] = thin.events[i];
    }
    thin.nodes     = self->node;
    thin.events    = self->event;
    thin.n_links   = 0;
    thin.n_persons = 0;
    thin.n_anchors = 0;
    thin.map       = NULL;
    thin.map_sigma = NULL;
    thin.map_nx = thin.map_ny = thin.map_nz = 0;
    rv_privacy_thin(self->consent, RV_SINK_NETWORK, &thin);
    rv_mqtt_publish(self->mqtt, &thin);
}
