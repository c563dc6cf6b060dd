// SPDX-License-Identifier: MIT
// Writes the seeds of the fuzzers: FOLDER/<harness>/<sample>, small captures made by
// our own writers.
#include "bench/samples.h"

#include <ruview/capture/adr018.h>
#include <ruview/capture/input.h>
#include <ruview/frame/canonical.h>
#include <ruview/frame/frame_bytes.h>

#include <stdio.h>
#include <stdlib.h>

static const char *folder;

static void
save(const char *const harness, const char *const name, const uint8_t *const bytes,
     const size_t n)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s/%s", folder, harness, name);
    FILE *const file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, n, file) != n || fclose(file) != 0) {
        perror(path);
        exit(2);
    }
}

static void
save_packet(const char *const name, const rv_packet *const packet)
{
    uint8_t bytes[512];
    size_t  n = 0;
    if (rv_adr018_encode(packet, bytes, sizeof bytes, &n) != RV_OK) {
        exit(2);
    }
    save("packet", name, bytes, n);
}

static void
save_packets(void)
{
    uint8_t health[28] = {0};
    save_packet("vitals", &(rv_packet){.kind = RV_PACKET_VITALS, .node = 1});
    save_packet("features", &(rv_packet){.kind = RV_PACKET_FEATURES, .node = 1});
    save_packet("fused", &(rv_packet){.kind = RV_PACKET_FUSED_VITALS, .node = 1});
    save_packet("state", &(rv_packet){.kind = RV_PACKET_FEATURE_STATE, .node = 1});
    save_packet("sync", &(rv_packet){.kind = RV_PACKET_SYNC, .node = 1});
    save_packet("wasm", &(rv_packet){.kind    = RV_PACKET_WASM,
                                     .as.wasm = {.n_events = 2, .type = {1, 2}}});
    save_packet(
        "mesh",
        &(rv_packet){.kind    = RV_PACKET_MESH,
                     .as.mesh = {.type = 6, .n_payload = 28, .payload = health}});
    save_packet("compressed",
                &(rv_packet){.kind          = RV_PACKET_COMPRESSED,
                             .as.compressed = {.n_data = 4, .data = health}});
    uint8_t      bytes[512];
    const size_t n = rv_sample_datagram(bytes, 7, 64);
    save("packet", "csi", bytes, n);
}

static void
save_log_entries(void)
{
    static float   re[64] = {1.0F}, im[64];
    uint8_t        bytes[2048];
    const rv_frame frame = {
        .layout = rv_layout_by_id(1), .n_rx = 1, .n_tx = 1, .re = re, .im = im};
    const rv_input in = {.kind = RV_INPUT_FRAME, .frame = &frame};
    rv_writer      w  = {.bytes = bytes, .size = sizeof bytes};
    if (rv_input_encode(&in, &w) != RV_OK) {
        exit(2);
    }
    save("packet", "log-frame", bytes, w.at);
    w = (rv_writer){.bytes = bytes, .size = sizeof bytes};
    if (rv_frame_encode(&frame, &w) != RV_OK) {
        exit(2);
    }
    save("packet", "frame", bytes, w.at);
    const rv_command command = {.kind = RV_COMMAND_CALIBRATE_START, .value = 30};
    w                        = (rv_writer){.bytes = bytes, .size = sizeof bytes};
    if (rv_command_encode(&command, &w) != RV_OK) {
        exit(2);
    }
    save("packet", "command", bytes, w.at);
    const rv_canonical canonical = {
        .device = (const uint8_t *)"node", .n_device = 4, .rows = 1, .cols = 2};
    const double sample[4] = {1.0, -0.5, 0.0, 2.0};
    w                      = (rv_writer){.bytes = bytes, .size = sizeof bytes};
    if (rv_canonical_encode(&canonical, sample, &w) != RV_OK) {
        exit(2);
    }
    save("packet", "canonical", bytes, w.at);
}

int
main(int argc, char **argv)
{
    static uint8_t   bytes[1 << 16];
    const rv_sample *s;
    if (argc != 2) {
        return 2;
    }
    folder = argv[1];
    for (unsigned i = 0; (s = rv_sample_at(i)) != NULL; ++i) {
        rv_writer w = {.bytes = bytes, .size = sizeof bytes};
        s->write(&w, 3);
        save(s->format, s->name, bytes, w.at);
    }
    save_packets();
    save_log_entries();
    // Made by hand after a finding: must be refused, not rounded
    rv_writer w = {.bytes = bytes, .size = sizeof bytes};
    rv_sample_write_wide_levels(&w, 3);
    save("ruview-npz", "levels-i2", bytes, w.at);
    return 0;
}
