// SPDX-License-Identifier: MIT
/**
   @file command_queue.h
   Commands on their way from the server's thread to the input log; bounded.
*/
#ifndef RV_CLI_COMMAND_QUEUE_H
#define RV_CLI_COMMAND_QUEUE_H

#include <ruview/capture/input.h>

#include <pthread.h>
#include <stdbool.h>

enum { RV_COMMAND_QUEUE = 16 };

typedef struct {
    pthread_mutex_t lock;
    unsigned        first, n;
    rv_command      command[RV_COMMAND_QUEUE];
} rv_command_queue;

void rv_command_queue_init(rv_command_queue *self);

/// false: the queue is full, try again
bool rv_command_queue_put(rv_command_queue *self, const rv_command *command);

/// false: nothing waits
bool rv_command_queue_take(rv_command_queue *self, rv_command *command);

#endif // RV_CLI_COMMAND_QUEUE_H
