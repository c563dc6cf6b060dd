// SPDX-License-Identifier: MIT
/**
   @file live.h
   A live run: datagrams from UDP, ticks and commands become the input log; the engine
   consumes it; records go to the server, to a recording and to standard output.
*/
#ifndef RV_CLI_LIVE_H
#define RV_CLI_LIVE_H

#include "cli/host.h"
#include "cli/live_source.h"

typedef struct {
    rv_host    *host;                         ///< Configured, not started
    const char *record_path;                  ///< NULL: no recording
    bool        as_json;                      ///< Records to standard output
    bool        page;                         ///< HTTP and WebSocket
    uint64_t    seconds;                      ///< Stop after; 0: at a signal
    uint16_t    more_port[RV_LIVE_PORTS - 1]; ///< Listened to beside the host's
    unsigned    n_more_ports;
    const char *interface; ///< Listen there instead of on sockets; NULL: sockets
    const char *token;     ///< NULL: none

    /// Called once the port is open, with its number; for a source inside the program
    bool (*start_source)(void *context, uint16_t udp_port);
    void       *context;
    const char *baselines;          ///< Store of baselines to start from; NULL: none
    bool        calibrate_at_start; ///< Record the empty room during the first seconds
    unsigned    calibrate_seconds;
} rv_live;

/// Run until a signal or the time is up; returns an exit code
int rv_live_run(const rv_live *live);

#endif // RV_CLI_LIVE_H
