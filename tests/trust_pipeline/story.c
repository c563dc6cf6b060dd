// SPDX-License-Identifier: MIT
#include "story.h"

#include "cmocka_rv.h"
#include "platform/file_source.h"

#include <ruview/platform/config_file.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

story empty, furnished, standing, walking, apart;

static uint8_t *
keep(const uint8_t *const bytes, const size_t n)
{
    uint8_t *const copy = malloc(n ? n : 1);
    memcpy(copy, bytes, n);
    return copy;
}

static void
load(story *const s, const char *const scenario, const char *const folder)
{
    char           command[512], path[128], site[128], error[RV_CONFIG_ERROR_BYTES];
    rv_edge_config edge = rv_edge_config_default();
    snprintf(path, sizeof path, "%s/x.pcapng", folder);
    snprintf(site, sizeof site, "%s/x.site.yaml", folder);
    snprintf(command, sizeof command,
             "%s simulate %s --seconds %d --quiet -o %s >/dev/null 2>&1", RV_RUVIEW,
             scenario, END_S, path);
    assert_int_equal(system(command), 0);
    s->config = rv_engine_config_default();
    assert_int_equal(rv_config_load(site, &s->config, &edge, error), RV_OK);
    s->config.allow_synthetic = true;

    rv_recording    recording;
    rv_capture_item item;
    assert_int_equal(rv_recording_open(&recording, path, NULL), RV_OK);
    while (rv_capture_next(recording.capture, &item) == RV_OK) {
        if (item.reason != RV_REASON_NONE || item.input.kind == RV_INPUT_NOTE) {
            continue;
        }
        assert_true(s->n < MOST);
        s->input[s->n]       = item.input;
        s->input[s->n].bytes = keep(item.input.bytes, item.input.n);
        ++s->n;
    }
    rv_recording_close(&recording);
    s->begin_us = s->input[0].t_us;
    snprintf(command, sizeof command, "rm -f %s/x.*", folder);
    assert_int_equal(system(command), 0);
}

/// A scenario file with one person, or other walls
static void
load_other(story *const s, const char *const folder, const char *const text)
{
    char path[64];
    snprintf(path, sizeof path, "%s/other.yaml", folder);
    FILE *const file = fopen(path, "wb");
    fprintf(file, "seed: 1\nduration_s: 60\n%s", text);
    fclose(file);
    load(s, path, folder);
    remove(path);
}

void
load_stories(void)
{
    char folder[] = "/tmp/rv_flags_XXXXXX";
    assert_non_null(mkdtemp(folder));
    load(&empty, "empty", folder);
    load_other(&furnished, folder,
               "room:\n  size: [6, 5, 2.6]\n  walls: {west: metal, east: metal, south: "
               "brick, north: glass, floor: wood, ceiling: concrete}\n");
    load_other(&standing, folder,
               "persons:\n  - {height_m: 1.75, from_s: 22, loop: false, stops: [{at: "
               "[4.0, 1.5], pause_s: 1000}]}\n");
    load_other(
        &walking, folder,
        "persons:\n  - {height_m: 1.75, from_s: 22, until_s: 40, stops: [{at: [1.0, "
        "1.0], speed_mps: 1.0}, {at: [4.8, 1.2], speed_mps: 1.2}, {at: [4.6, 3.9], "
        "speed_mps: 0.9}, {at: [1.4, 4.0], speed_mps: 1.1}]}\n");
    load_other(&apart, folder,
               "nodes:\n  - {id: 1, position: [0.3, 0.3, 1.2]}\n  - {id: 2, position: "
               "[5.7, 0.3, 1.0]}\n  - {id: 3, position: [5.7, 4.7, 1.3], free_running: "
               "true, clock_step_us: 500000, clock_step_s: 22}\n  - {id: 4, position: "
               "[0.3, 4.7, 1.1]}\n");
    rmdir(folder);
}

// ---- what happens

static uint8_t
node_of(const uint8_t *const bytes)
{
    return bytes[4]; // of a raw CSI datagram
}

static bool
is_csi(const rv_input *const input)
{
    return input->kind == RV_INPUT_DATAGRAM && input->n > 60;
}

bool
silent(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return false;
}

/// Seconds since the change
static double
since(const rv_input *const input)
{
    return (double)(input->t_us - empty.begin_us) * 1e-6 - CHANGE_S;
}

bool
silent_for_a_while(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return since(input) >= SILENT_S;
}

bool
one_node_away(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return !(is_csi(input) && node_of(bytes) == 4) || since(input) >= SILENT_S;
}

bool
one_node_gone(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return !(is_csi(input) && node_of(bytes) == 4);
}

bool
half_lost(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return (uint32_t)(i * 2654435761U) >> 31;
}

bool
one_node_faint(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return !(is_csi(input) && node_of(bytes) == 4) || i % 20 == 0;
}

bool
noise_for_signal(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    uint32_t seed = (uint32_t)i * 747796405U + 1;
    for (size_t k = 20; is_csi(input) && k + 30 < input->n; ++k) {
        seed     = seed * 1664525U + 1013904223U;
        bytes[k] = (uint8_t)((seed >> 24) % 61 - 30);
    }
    return true;
}

bool
a_day_later(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    input->t_us += UINT64_C(25) * 3600 * SECOND;
    return true;
}

/// The same datagrams from the room with other furniture
bool
furniture_moved(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    if (is_csi(input) && i < furnished.n && is_csi(&furnished.input[i]) &&
        furnished.input[i].n == input->n) {
        const uint64_t t = input->t_us;
        *input           = furnished.input[i];
        memcpy(bytes, input->bytes, input->n);
        input->bytes = bytes;
        input->t_us  = t;
    }
    return true;
}

bool
one_link_left(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return !is_csi(input) || node_of(bytes) == 1;
}

/// Something near the third node shakes what it hears, and what nobody else hears
bool
one_receiver_shaken(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    uint32_t seed = (uint32_t)i * 747796405U + 1;
    for (size_t k = 20; is_csi(input) && node_of(bytes) == 3 && k < input->n; k += 8) {
        seed            = seed * 1664525U + 1013904223U;
        const int eight = 4 + (int)(seed >> 24) % 9; // Four tones by 4/8 .. 12/8
        for (size_t e = k; e < k + 8 && e < input->n; ++e) {
            bytes[e] = (uint8_t)((int8_t)bytes[e] * eight / 8);
        }
    }
    return true;
}

bool
never_calibrated(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return input->kind != RV_INPUT_COMMAND;
}

/// The fourth node sleeps while the others are calibrated again
bool
calibrated_without_one(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return !(is_csi(input) && node_of(bytes) == 4 && since(input) < AGAIN_S);
}
