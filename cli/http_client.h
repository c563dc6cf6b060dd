// SPDX-License-Identifier: MIT
/**
   @file http_client.h
   One request to a running ruview, with or without TLS: what the verbs need that talk
   to one.
*/
#ifndef RV_CLI_HTTP_CLIENT_H
#define RV_CLI_HTTP_CLIENT_H

#include <stddef.h>

/**
   Ask and wait for the whole answer.

   @param url    "http://127.0.0.1:8080" or "https://name:port", no path.
   @param token  Bearer token; NULL: none.
   @param body   JSON; NULL: none.
   @param answer  O  The answer's body, cut at `room`, with a zero.
   @return HTTP status; 0, after a message, when there is no answer.
*/
int rv_http_ask(const char *url, const char *method, const char *path,
                const char *token, const char *body, char *answer, size_t room);

#endif // RV_CLI_HTTP_CLIENT_H
