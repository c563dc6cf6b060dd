// SPDX-License-Identifier: MIT
// What the pipeline hands over, under one lock that is never held while sending
#include "base/try.h"
#include "server/server.h"
#include "server/state.h"

#include <stdlib.h>
#include <string.h>

static rv_status
keep(rv_server *const server, const rv_server_topic topic, const unsigned sinks,
     const char *const json, const size_t n)
{
    const int64_t now_us = rv_server_now_us();
    for (unsigned sink = 0; sink < RV_N_SINKS; ++sink) {
        if (sinks & 1U << sink) {
            rv_latest *const latest = &server->latest[topic][sink];
            RV_TRY(rv_text_set(&latest->text, json, n));
            latest->at_us = now_us;
        }
    }
    // Records for the local sink, or for both, count the cycles; a second copy for the
    // network does not
    if (topic == RV_TOPIC_RECORD && (sinks & RV_READER_LOCAL)) {
        server->record_times_us[server->n_records++ % 32] = now_us;
    }
    if (topic == RV_TOPIC_HELLO) {
        return RV_OK; // each client gets it once, first
    }
    RV_TRY(rv_broadcast_put(&server->broadcast, topic, sinks, json, n));
    ++server->counts.messages;
    return RV_OK;
}

rv_status
rv_server_publish(rv_server *const server, const rv_server_topic topic,
                  const unsigned sinks, const char *const json, const size_t n)
{
    if ((unsigned)topic >= RV_TOPIC_COUNT || sinks == 0 || sinks > RV_READER_BOTH) {
        return RV_ERR_RANGE;
    }
    if (n > RV_SERVER_MESSAGE_MAX) {
        return RV_ERR_FULL;
    }
    pthread_mutex_lock(&server->lock);
    const rv_status status = keep(server, topic, sinks, json, n);
    pthread_mutex_unlock(&server->lock);
    lws_cancel_service(server->context);
    return status;
}

rv_status
rv_server_set_metrics(rv_server *const server, const char *const text, const size_t n)
{
    if (n > RV_SERVER_MESSAGE_MAX) {
        return RV_ERR_FULL;
    }
    pthread_mutex_lock(&server->lock);
    const rv_status status = rv_text_set(&server->metrics, text, n);
    pthread_mutex_unlock(&server->lock);
    return status;
}

void
rv_server_purge(rv_server *const server)
{
    pthread_mutex_lock(&server->lock);
    rv_broadcast_purge(&server->broadcast);
    for (int topic = RV_TOPIC_RECORD; topic < RV_TOPIC_COUNT; ++topic) {
        for (int sink = 0; sink < RV_N_SINKS; ++sink) {
            rv_text *const text = &server->latest[topic][sink].text;
            if (text->data) {
                memset(text->data, 0, text->room);
            }
            text->n = 0;
        }
    }
    pthread_mutex_unlock(&server->lock);
}

void
rv_server_counts_get(rv_server *const server, rv_server_counts *const counts)
{
    pthread_mutex_lock(&server->lock);
    *counts = server->counts;
    pthread_mutex_unlock(&server->lock);
}

char *
rv_server_latest(rv_server *const server, const rv_server_topic topic,
                 const unsigned sink, const int64_t max_age_us, size_t *const n)
{
    char *copy = NULL;
    pthread_mutex_lock(&server->lock);
    const rv_latest *const latest =
        &server->latest[topic][sink == RV_READER_LOCAL ? 0 : 1];
    const int64_t age_us = rv_server_now_us() - latest->at_us;
    if (latest->text.n > 0 && (max_age_us == 0 || age_us <= max_age_us)) {
        copy = malloc(latest->text.n + 1);
        if (copy) {
            memcpy(copy, latest->text.data, latest->text.n + 1);
            *n = latest->text.n;
        }
    }
    pthread_mutex_unlock(&server->lock);
    return copy;
}

double
rv_server_record_rate(rv_server *const server)
{
    double rate = -1.0;
    pthread_mutex_lock(&server->lock);
    if (server->n_records >= 2) {
        const uint64_t n     = server->n_records < 32 ? server->n_records : 32;
        const int64_t  last  = server->record_times_us[(server->n_records - 1) % 32];
        const int64_t  first = server->record_times_us[(server->n_records - n) % 32];
        if (last > first) {
            rate = (double)(n - 1) * 1e6 / (double)(last - first);
        }
    }
    pthread_mutex_unlock(&server->lock);
    return rate;
}
