// SPDX-License-Identifier: MIT
// A server with a voice of its own, for tests: publishes each line of standard input as
// a message and obeys a few words in between.
//
//   feed [--port N] [--token T] [--host H] [--bind A] [--cert F --key F]
//
// Lines that begin with { are records, metrics or hello by their type; other lines:
//   network LINE   the same, for the network sink only
//   local LINE     for the local sink only
//   text LINE      Prometheus text
//   purge          forget all records
//   flood N LINE   publish LINE N times, as fast as possible
// It prints "port N" first, and each command that a client sent.
#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
on_command(void *const context, const rv_server_command *const command,
           char *const reply, const size_t room)
{
    (void)context;
    printf("command %s %s\n", command->name, command->body);
    fflush(stdout);
    if (strncmp(command->name, "recording", 9) == 0) {
        return 501;
    }
    snprintf(reply, room, "{\"success\":true,\"name\":\"%s\"}", command->name);
    return 200;
}

static void
publish(rv_server *const server, const unsigned sinks, const char *const line)
{
    rv_server_topic topic = RV_TOPIC_RECORD;
    if (strstr(line, "\"type\":\"hello\"")) {
        topic = RV_TOPIC_HELLO;
    } else if (strstr(line, "\"type\":\"metrics\"")) {
        topic = RV_TOPIC_METRICS;
    } else if (strstr(line, "\"type\":\"event\"")) {
        topic = RV_TOPIC_EVENT;
    }
    if (rv_server_publish(server, topic, sinks, line, strlen(line)) != RV_OK) {
        fprintf(stderr, "feed: a message was refused\n");
    }
}

static void
obey(rv_server *const server, char *const line)
{
    if (line[0] == '{') {
        publish(server, RV_READER_BOTH, line);
    } else if (strncmp(line, "network ", 8) == 0) {
        publish(server, RV_READER_NETWORK, line + 8);
    } else if (strncmp(line, "local ", 6) == 0) {
        publish(server, RV_READER_LOCAL, line + 6);
    } else if (strncmp(line, "text ", 5) == 0) {
        if (rv_server_set_metrics(server, line + 5, strlen(line + 5)) != RV_OK) {
            fprintf(stderr, "feed: a text was refused\n");
        }
    } else if (strcmp(line, "purge") == 0) {
        rv_server_purge(server);
    } else if (strncmp(line, "flood ", 6) == 0) {
        char      *rest = NULL;
        const long n    = strtol(line + 6, &rest, 10);
        for (long i = 0; i < n; ++i) {
            publish(server, RV_READER_BOTH, rest + 1);
        }
    }
}

int
main(const int argc, char **const argv)
{
    rv_server_config config = rv_server_config_default();
    config.port             = 0;
    config.command          = on_command;
    const char *host        = NULL;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--port") == 0) {
            config.port = (uint16_t)strtoul(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--token") == 0) {
            config.token = argv[i + 1];
        } else if (strcmp(argv[i], "--bind") == 0) {
            config.bind_address = argv[i + 1];
        } else if (strcmp(argv[i], "--host") == 0) {
            host           = argv[i + 1];
            config.hosts   = &host;
            config.n_hosts = 1;
        } else if (strcmp(argv[i], "--cert") == 0) {
            config.tls_cert_path = argv[i + 1];
        } else if (strcmp(argv[i], "--key") == 0) {
            config.tls_key_path = argv[i + 1];
        }
    }
    rv_server *server = NULL;
    char       problem[256];
    if (rv_server_create(&config, &server, problem) != RV_OK) {
        fprintf(stderr, "feed: %s\n", problem);
        return 2;
    }
    printf("port %u\n", rv_server_port(server));
    fflush(stdout);
    char  *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        line[strcspn(line, "\n")] = '\0';
        obey(server, line);
    }
    free(line);
    rv_server_destroy(server);
    return 0;
}
