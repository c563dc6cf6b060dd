// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/sim_source.h"

#include "cli/scenario_file.h"

#include "platform/lend.h"
#include "platform/udp.h"

#include <ruview/platform/config_file.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct rv_sim_source {
    rv_sim_config config;
    rv_sim        sim;
    void         *memory;
    rv_udp       *udp;
    rv_address    to;
    pthread_t     thread;
    bool          is_running;
    atomic_bool   stop;
};

static bool
take_site(rv_sim_source *const self, rv_engine_config *const config)
{
    char          *text = NULL;
    size_t         n    = 0;
    FILE *const    file = open_memstream(&text, &n);
    char           error[RV_CONFIG_ERROR_BYTES];
    rv_edge_config unused = rv_edge_config_default();
    if (!file) {
        return false;
    }
    rv_scenario_print_site(file, &self->sim, &self->config);
    fclose(file);
    const bool good =
        rv_config_parse(text, n, "simulated site", config, &unused, error) == RV_OK;
    if (!good) {
        fprintf(stderr, "ruview: %s\n", error);
    }
    free(text);
    return good;
}

rv_sim_source *
rv_sim_source_open(const char *const scenario, const uint64_t seed,
                   rv_engine_config *const config)
{
    rv_sim_source *const self = calloc(1, sizeof *self);
    char                 error[RV_SCENARIO_ERROR_BYTES];
    size_t               n = 0;
    if (!self) {
        return NULL;
    }
    rv_sim_config_default(&self->config);
    if (rv_scenario_load(scenario, &self->config, error) != RV_OK) {
        fprintf(stderr, "ruview: %s\n", error);
        rv_sim_source_close(self);
        return NULL;
    }
    self->config.seed = seed ? seed : self->config.seed;
    if (rv_sim_size(&self->config, &n) == RV_OK) {
        self->memory = rv_lend(n);
    }
    if (!self->memory ||
        rv_sim_init(&self->sim, &self->config, self->memory, n) != RV_OK ||
        !take_site(self, config)) {
        fprintf(stderr, "ruview: the simulation of %s does not start\n", scenario);
        rv_sim_source_close(self);
        return NULL;
    }
    return self;
}

static uint64_t
now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000U + (uint64_t)t.tv_nsec / 1000U;
}

static void *
send_all(void *const context)
{
    rv_sim_source *const self  = context;
    const uint64_t       begin = now_us();
    rv_sim_packet        packet;
    while (!atomic_load(&self->stop) && rv_sim_next(&self->sim, &packet) == RV_OK) {
        const uint64_t due = begin + (packet.t_us - self->config.start_us);
        const uint64_t now = now_us();
        if (due > now) {
            const uint64_t wait = due - now;
            nanosleep(&(struct timespec){.tv_sec  = (time_t)(wait / 1000000U),
                                         .tv_nsec = (long)(wait % 1000000U) * 1000L},
                      NULL);
        }
        (void)!rv_udp_send(self->udp, &self->to, packet.bytes, packet.n_bytes);
    }
    return NULL;
}

bool
rv_sim_source_start(rv_sim_source *const self, const uint16_t port)
{
    self->to = rv_address_v4(0x7F000001, port);
    if (rv_udp_open(&self->udp, "127.0.0.1", 0, 0) != RV_OK ||
        pthread_create(&self->thread, NULL, send_all, self) != 0) {
        fputs("ruview: the simulated nodes cannot send\n", stderr);
        return false;
    }
    self->is_running = true;
    return true;
}

void
rv_sim_source_close(rv_sim_source *const self)
{
    if (!self) {
        return;
    }
    atomic_store(&self->stop, true);
    if (self->is_running) {
        pthread_join(self->thread, NULL);
    }
    if (self->udp) {
        rv_udp_close(self->udp);
    }
    free(self->memory);
    free(self);
}
