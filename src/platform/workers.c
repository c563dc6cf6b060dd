// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
#include <ruview/platform/workers.h>

#include <ruview/math/kernels.h>
#include <ruview/platform/cpu.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct rv_workers {
    pthread_mutex_t lock;
    pthread_cond_t  begin, done;
    pthread_t       thread[RV_MAX_WORKERS];
    unsigned        n_threads; ///< Beside the caller's
    unsigned        next_id;
    uint64_t        round;
    unsigned        busy;
    unsigned        ready;   ///< Threads that have looked at their arithmetic
    bool            refused; ///< One of them does not round as IEEE-754 says
    bool            stop;

    atomic_uint     next; ///< Item to take
    uint32_t        n;
    rv_engine_body *body;
    void           *arg;
};

static void
work(rv_workers *const self, const uint32_t worker)
{
    uint32_t item;
    while ((item = atomic_fetch_add(&self->next, 1)) < self->n) {
        self->body(self->arg, item, worker);
    }
}

static void *
serve(void *const context)
{
    rv_workers *const self = context;
    const bool        good = rv_math_selftest(rv_cpu_mask()) == RV_OK;
    pthread_mutex_lock(&self->lock);
    const uint32_t worker = ++self->next_id;
    self->refused |= !good;
    ++self->ready;
    pthread_cond_signal(&self->done);
    uint64_t round = 0;
    for (;;) {
        while (self->round == round && !self->stop) {
            pthread_cond_wait(&self->begin, &self->lock);
        }
        if (self->stop) {
            break;
        }
        round = self->round;
        pthread_mutex_unlock(&self->lock);
        work(self, worker);
        pthread_mutex_lock(&self->lock);
        if (--self->busy == 0) {
            pthread_cond_signal(&self->done);
        }
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

rv_workers *
rv_workers_create(const unsigned n)
{
    rv_workers *const self = calloc(1, sizeof *self);
    if (!self || n < 1 || n > RV_MAX_WORKERS) {
        free(self);
        return NULL;
    }
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->begin, NULL);
    pthread_cond_init(&self->done, NULL);
    while (self->n_threads + 1 < n) {
        if (pthread_create(&self->thread[self->n_threads], NULL, serve, self) != 0) {
            rv_workers_destroy(self);
            return NULL;
        }
        ++self->n_threads;
    }
    pthread_mutex_lock(&self->lock);
    while (self->ready < self->n_threads) {
        pthread_cond_wait(&self->done, &self->lock);
    }
    const bool refused = self->refused;
    pthread_mutex_unlock(&self->lock);
    if (refused) {
        rv_workers_destroy(self);
        return NULL;
    }
    return self;
}

void
rv_workers_destroy(rv_workers *const self)
{
    if (!self) {
        return;
    }
    pthread_mutex_lock(&self->lock);
    self->stop = true;
    pthread_cond_broadcast(&self->begin);
    pthread_mutex_unlock(&self->lock);
    for (unsigned i = 0; i < self->n_threads; ++i) {
        pthread_join(self->thread[i], NULL);
    }
    pthread_mutex_destroy(&self->lock);
    pthread_cond_destroy(&self->begin);
    pthread_cond_destroy(&self->done);
    free(self);
}

void
rv_workers_run(void *const context, const uint32_t n, rv_engine_body *const body,
               void *const arg)
{
    rv_workers *const self = context;
    pthread_mutex_lock(&self->lock);
    self->n    = n;
    self->body = body;
    self->arg  = arg;
    self->busy = self->n_threads;
    atomic_store(&self->next, 0);
    ++self->round;
    pthread_cond_broadcast(&self->begin);
    pthread_mutex_unlock(&self->lock);
    work(self, 0);
    pthread_mutex_lock(&self->lock);
    while (self->busy > 0) {
        pthread_cond_wait(&self->done, &self->lock);
    }
    pthread_mutex_unlock(&self->lock);
}
