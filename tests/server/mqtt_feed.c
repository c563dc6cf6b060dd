// SPDX-License-Identifier: MIT
// Records for a broker, for tests: mqtt_feed PORT DEVICE [--ca FILE] sends one record
// every 10 ms and obeys words on standard input:
//   presence yes|no|unknown, breathing N|none, class anonymous|derived|restricted,
//   consent, fall, end
#include "server/mqtt.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static rv_record       record;
static rv_record_event fall;

static void
obey(const char *const word, const char *const value)
{
    if (strcmp(word, "presence") == 0) {
        record.presence = strcmp(value, "yes") == 0  ? RV_YES
                          : strcmp(value, "no") == 0 ? RV_NO
                                                     : RV_UNKNOWN;
    } else if (strcmp(word, "breathing") == 0) {
        record.breathing_bpm = strcmp(value, "none") == 0
                                   ? rv_unknown(RV_REASON_WARMING_UP)
                                   : rv_known(strtof(value, NULL), 0.5F, 0.8F);
    } else if (strcmp(word, "class") == 0) {
        record.privacy_class = strcmp(value, "derived") == 0      ? RV_CLASS_DERIVED
                               : strcmp(value, "restricted") == 0 ? RV_CLASS_RESTRICTED
                                                                  : RV_CLASS_ANONYMOUS;
    } else if (strcmp(word, "fall") == 0) {
        fall = (rv_record_event){
            .kind = RV_EVENT_FALL_CONFIRMED, .t_us = record.t_us, .confidence = 0.9F};
        record.events   = &fall;
        record.n_events = 1;
    }
}

// Read what is there, without waiting; false at the end
static bool
listen_once(void)
{
    static char   line[256];
    static size_t n;
    struct pollfd in = {.fd = 0, .events = POLLIN};
    while (poll(&in, 1, 0) > 0) {
        if (read(0, line + n, 1) != 1) {
            return false;
        }
        if (line[n] != '\n') {
            n += n < sizeof line - 1;
            continue;
        }
        line[n] = '\0';
        n       = 0;
        if (strcmp(line, "end") == 0) {
            return false;
        }
        char *const space = strchr(line, ' ');
        if (space) {
            *space = '\0';
        }
        obey(line, space ? space + 1 : "");
    }
    return true;
}

int
main(const int argc, char **const argv)
{
    if (argc < 3) {
        return 2;
    }
    rv_mqtt_config config = rv_mqtt_config_default();
    config.port           = (uint16_t)strtoul(argv[1], NULL, 10);
    config.device.device  = argv[2];
    config.entities |= 1U << RV_HA_FALL;
    config.consent = RV_CONSENT_VITALS;
    if (argc > 4) {
        config.tls     = true;
        config.ca_file = argv[4];
    }
    rv_mqtt *mqtt = NULL;
    char     problem[256];
    if (rv_mqtt_create(&config, &mqtt, problem) != RV_OK) {
        fprintf(stderr, "mqtt_feed: %s\n", problem);
        return 2;
    }
    record.privacy_class = RV_CLASS_ANONYMOUS;
    record.privacy_mode  = RV_MODE_PRIVATE_HOME;
    record.t_us          = UINT64_C(1760000000000000);
    record.presence      = RV_NO;
    record.quality       = 0.8F;
    record.occupancy     = rv_known(1.0F, 0.0F, 0.9F);
    record.motion        = rv_known(0.14F, 0.01F, 0.9F);
    record.rssi_dbm      = rv_known(-55.0F, 1.0F, 1.0F);
    record.breathing_bpm = rv_unknown(RV_REASON_WARMING_UP);
    record.heart_bpm     = rv_unknown(RV_REASON_UNSUPPORTED);
    while (listen_once()) {
        record.t_us += 10000;
        rv_mqtt_publish(mqtt, &record);
        record.n_events = 0;
        usleep(10000);
    }
    rv_mqtt_counts counts;
    rv_mqtt_counts_get(mqtt, &counts);
    printf("connects %llu sent %llu\n", (unsigned long long)counts.connects,
           (unsigned long long)counts.sent);
    rv_mqtt_destroy(mqtt);
    return 0;
}
