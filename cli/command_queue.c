// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/command_queue.h"

#include <stdio.h>
#include <string.h>

void
rv_command_queue_init(rv_command_queue *const self)
{
    memset(self, 0, sizeof *self);
    pthread_mutex_init(&self->lock, NULL);
}

bool
rv_command_queue_put(rv_command_queue *const self, const rv_command *const command,
                     const char *const actor)
{
    pthread_mutex_lock(&self->lock);
    const bool fits = self->n < RV_COMMAND_QUEUE;
    if (fits) {
        rv_queued_command *const to =
            &self->queued[(self->first + self->n++) % RV_COMMAND_QUEUE];
        to->command = *command;
        snprintf(to->actor, sizeof to->actor, "%s", actor ? actor : "");
    }
    pthread_mutex_unlock(&self->lock);
    return fits;
}

bool
rv_command_queue_take(rv_command_queue *const self, rv_queued_command *const queued)
{
    pthread_mutex_lock(&self->lock);
    const bool any = self->n > 0;
    if (any) {
        *queued     = self->queued[self->first];
        self->first = (self->first + 1) % RV_COMMAND_QUEUE;
        --self->n;
    }
    pthread_mutex_unlock(&self->lock);
    return any;
}
