// SPDX-License-Identifier: MIT
/**
   @file face.h
   The server of a live run: page, streams, REST, and the commands that come back.
*/
#ifndef RV_CLI_FACE_H
#define RV_CLI_FACE_H

#include "cli/command_queue.h"

#include <ruview/platform/config_file.h>
#include <ruview/trust/privacy.h>

typedef struct rv_face rv_face;

/// Prints the reason and returns NULL when it cannot. `token`: NULL for the configured
rv_face *rv_face_open(const rv_edge_config *edge, const char *token,
                      rv_command_queue *commands);
void     rv_face_close(rv_face *self);

uint16_t rv_face_port(const rv_face *self);
unsigned rv_face_clients(rv_face *self);

void rv_face_hello(rv_face *self, const char *json, size_t n);
/// `for_all`: also to clients that are not on this machine
void rv_face_record(rv_face *self, bool for_all, const char *json, size_t n);
void rv_face_metrics(rv_face *self, const char *json, size_t n);
void rv_face_prometheus(rv_face *self, const char *text, size_t n);

/// Forget what was published: the privacy mode changed, or the class tightened
void rv_face_purge(rv_face *self);

/// What is in force. Without a token, requests may tighten it and never relax it.
void rv_face_privacy(rv_face *self, rv_privacy_mode mode, rv_consent consent);

#endif // RV_CLI_FACE_H
