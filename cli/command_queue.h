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

enum { RV_COMMAND_QUEUE = 16, RV_COMMAND_ACTOR = 32 };

/// A command without a blob but the name of who asked, which is copied
typedef struct {
    rv_command command;
    char       actor[RV_COMMAND_ACTOR]; ///< "" nobody
} rv_queued_command;

typedef struct {
    pthread_mutex_t   lock;
    unsigned          first, n;
    rv_queued_command queued[RV_COMMAND_QUEUE];
} rv_command_queue;

void rv_command_queue_init(rv_command_queue *self);

/// false: the queue is full, try again
bool rv_command_queue_put(rv_command_queue *self, const rv_command *command,
                          const char *actor);

/// false: nothing waits
bool rv_command_queue_take(rv_command_queue *self, rv_queued_command *queued);

#endif // RV_CLI_COMMAND_QUEUE_H
