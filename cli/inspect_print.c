// SPDX-License-Identifier: MIT
#include "cli/inspect.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

static const char *
chip_name(const rv_chip chip)
{
    static const char *const names[] = {
        "unknown", "esp32",      "esp32-c5/c6", "intel5300", "atheros",
        "nexmon",  "picoscenes", "feitcsi",     "canonical", "amplitude"};
    return (unsigned)chip < sizeof names / sizeof *names ? names[chip] : "unknown";
}

static const char *const kinds[6] = {"other", "datagrams", "frames",
                                     "ticks", "commands",  "notes"};

static void
print_stamp(FILE *const out, const uint64_t us)
{
    const time_t     seconds = (time_t)(us / 1000000);
    char             text[32];
    struct tm *const utc = gmtime(&seconds);
    if (seconds < 1000000000 || !utc ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", utc) == 0) {
        fprintf(out, "%.6f s", (double)us / 1e6); // counted from the sender's start
        return;
    }
    fprintf(out, "%s.%03uZ", text, (unsigned)(us / 1000 % 1000));
}

static void
print_link(FILE *const out, const rv_inspect_link *const l)
{
    char tx[24]   = "unknown";
    char rssi[32] = "unknown";
    char freq[12] = "?";
    if (l->tx != RV_TX_UNKNOWN) {
        snprintf(tx, sizeof tx, "%08" PRIx64, l->tx);
    }
    if (l->rssi_known) {
        snprintf(rssi, sizeof rssi, "%d (%d..%d)", rv_inspect_rssi(l, 0.5),
                 rv_inspect_rssi(l, 0.0), rv_inspect_rssi(l, 1.0));
    }
    if (l->freq_mhz) {
        snprintf(freq, sizeof freq, "%" PRIu32, l->freq_mhz);
    }
    const rv_layout *const y = l->layout;
    fprintf(out,
            "%4u  %-16s %-24s %5u %1ux%1u %5s %8" PRIu64 " %8.2f %8.1f %6" PRIu64
            " %8.2f  %s\n",
            l->node, tx, y->name, y->segment[y->primary].n_tones, l->n_rx, l->n_tx,
            freq, l->n_frames, rv_inspect_rate(l), rv_inspect_median_us(l) / 1e3,
            rv_inspect_gaps(l), (double)l->longest_us / 1e6, rssi);
}

static void
print_nodes(FILE *const out, const rv_inspect *const self)
{
    for (int i = 0; i < 256; ++i) {
        const rv_inspect_node *const n = &self->nodes[i];
        if (n->n_frames == 0) {
            continue;
        }
        fprintf(out, "node %d: %" PRIu64 " frames, ", i, n->n_frames);
        if (n->has_sequence) {
            fprintf(out,
                    "%" PRIu64 " lost, %" PRIu64 " out of order, %" PRIu64 " twice\n",
                    n->lost, n->reordered, n->duplicates);
        } else {
            fputs("losses unknown: no sequence numbers\n", out);
        }
    }
}

static void
print_refusals(FILE *const out, const rv_inspect *const self)
{
    if (self->n_refused == 0) {
        fputs("\nrefused: nothing\n", out);
        return;
    }
    fprintf(out, "\nrefused: %" PRIu64 "\n", self->n_refused);
    for (int i = 0; i < RV_REASON_COUNT; ++i) {
        if (self->refused[i]) {
            fprintf(out, "%8" PRIu64 "  %-16s %s (first at %s %" PRIu64 ")\n",
                    self->refused[i], rv_reason_name((rv_reason)i),
                    rv_reason_text((rv_reason)i),
                    self->refused_by_line ? "line" : "byte", self->first_refused[i]);
        }
    }
}

/// Remarks that a reader of the numbers should know
typedef struct {
    uint64_t frames, rssi_known, no_tx, synthetic, amplitude_only, backwards;
} totals;

static totals
add_up(const rv_inspect *const self)
{
    totals t = {0};
    for (size_t i = 0; i < self->n_links; ++i) {
        const rv_inspect_link *const l = &self->links[i];
        t.frames += l->n_frames;
        t.rssi_known += l->rssi_known;
        t.no_tx += l->tx == RV_TX_UNKNOWN ? l->n_frames : 0;
        t.synthetic += l->n_synthetic;
        t.amplitude_only += l->n_amplitude_only;
        t.backwards += l->n_backwards;
    }
    return t;
}

enum { MAX_NOTES = 10, NOTE_BYTES = 240 };

static int
make_notes(const rv_capture *const capture, const rv_inspect *const self,
           char notes[MAX_NOTES][NOTE_BYTES])
{
    const totals      t      = add_up(self);
    const char *const format = rv_format_note(rv_capture_format(capture));
    int               n      = 0;
    if (format) {
        snprintf(notes[n++], NOTE_BYTES, "%s", format);
    }
    if (t.rssi_known < t.frames) {
        snprintf(notes[n++], NOTE_BYTES,
                 "RSSI: absent or implausible in %" PRIu64 " of %" PRIu64
                 " frames; it is unknown there",
                 t.frames - t.rssi_known, t.frames);
    }
    if (t.no_tx) {
        snprintf(notes[n++], NOTE_BYTES,
                 "transmitter: unknown for %" PRIu64
                 " frames, so they take no part in geometry; %s",
                 t.no_tx, rv_reason_text(RV_REASON_TX_UNKNOWN));
    }
    if (t.synthetic) {
        snprintf(notes[n++], NOTE_BYTES, "%" PRIu64 " frames are simulated",
                 t.synthetic);
    }
    if (t.amplitude_only) {
        snprintf(notes[n++], NOTE_BYTES,
                 "%" PRIu64 " frames are amplitudes without phase", t.amplitude_only);
    }
    if (t.backwards) {
        snprintf(notes[n++], NOTE_BYTES,
                 "time goes backwards %" PRIu64
                 " times; gaps and rates leave those out",
                 t.backwards);
    }
    if (self->out_of_memory) {
        snprintf(notes[n++], NOTE_BYTES,
                 "memory ran out: gaps and rates are incomplete");
    }
    return n;
}

void
rv_inspect_print(FILE *const out, const char *const path,
                 const rv_capture *const capture, const rv_inspect *const self)
{
    const rv_format *const format = rv_capture_format(capture);
    fprintf(out, "%s: %s, %s\n", path, rv_format_name(format), rv_format_title(format));
    fprintf(out, "time: %s\n", rv_format_time(format));
    if (self->any_time) {
        fputs("from ", out);
        print_stamp(out, self->first_us);
        fputs(" to ", out);
        print_stamp(out, self->last_us);
        fprintf(out, ", %.3f s\n", (double)(self->last_us - self->first_us) / 1e6);
    }
    fprintf(out, "frames accepted: %" PRIu64 "; inputs:", self->n_accepted);
    for (int i = 1; i < 6; ++i) {
        if (self->n_inputs[i]) {
            fprintf(out, " %" PRIu64 " %s", self->n_inputs[i], kinds[i]);
        }
    }
    fputc('\n', out);
    if (self->n_inputs[RV_INPUT_DATAGRAM]) {
        fputs("datagrams:", out);
        for (int i = 0; i < RV_PACKET_KINDS; ++i) {
            if (self->n_packets[i]) {
                fprintf(out, " %" PRIu64 " %s", self->n_packets[i],
                        rv_packet_kind_name((rv_packet_kind)i));
            }
        }
        fputc('\n', out);
    }
    if (self->n_links) {
        fputs("\nnode  transmitter      layout                   tones ant   MHz   "
              "frames "
              " rate/Hz  med./ms   gaps long./s  RSSI/dBm\n",
              out);
    }
    for (size_t i = 0; i < self->n_links; ++i) {
        print_link(out, &self->links[i]);
    }
    if (self->n_links) {
        fputc('\n', out);
    }
    print_nodes(out, self);
    print_refusals(out, self);
    char      notes[MAX_NOTES][NOTE_BYTES];
    const int n = make_notes(capture, self, notes);
    for (int i = 0; i < n; ++i) {
        fprintf(out, "%s%s\n", i ? "      " : "\nnote: ", notes[i]);
    }
}

// ---- JSON

static void
put_text(FILE *const out, const char *s)
{
    fputc('"', out);
    for (; *s; ++s) {
        const unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 32) {
            fprintf(out, "\\u%04x", c);
        } else {
            fputc(c, out);
        }
    }
    fputc('"', out);
}

static void
put_link(FILE *const out, const rv_inspect_link *const l)
{
    const rv_layout *const y = l->layout;
    fprintf(out, "{\"node\":%u,\"tx\":", l->node);
    if (l->tx == RV_TX_UNKNOWN) {
        fputs("null", out);
    } else {
        fprintf(out, "\"%08" PRIx64 "\"", l->tx);
    }
    fprintf(out,
            ",\"layout\":\"%s\",\"chip\":\"%s\",\"bandwidth_mhz\":%u,\"entries\":%u,"
            "\"tones\":%u,\"n_rx\":%u,\"n_tx\":%u,\"freq_mhz\":%" PRIu32
            ",\"frames\":%" PRIu64 ",\"rate_hz\":%.4f,\"median_interval_ms\":%.3f"
            ",\"gaps\":%" PRIu64 ",\"longest_gap_ms\":%.3f,\"backwards\":%" PRIu64,
            y->name, chip_name(y->chip), y->bandwidth_mhz, y->n_entries,
            y->segment[y->primary].n_tones, l->n_rx, l->n_tx, l->freq_mhz, l->n_frames,
            rv_inspect_rate(l), rv_inspect_median_us(l) / 1e3, rv_inspect_gaps(l),
            (double)l->longest_us / 1e3, l->n_backwards);
    if (l->rssi_known) {
        fprintf(out, ",\"rssi_dbm\":{\"min\":%d,\"median\":%d,\"max\":%d}",
                rv_inspect_rssi(l, 0.0), rv_inspect_rssi(l, 0.5),
                rv_inspect_rssi(l, 1.0));
    } else {
        fputs(",\"rssi_dbm\":null", out);
    }
    fprintf(out, ",\"synthetic\":%" PRIu64 ",\"amplitude_only\":%" PRIu64 "}",
            l->n_synthetic, l->n_amplitude_only);
}

static void
put_nodes(FILE *const out, const rv_inspect *const self)
{
    const char *comma = "";
    fputs("],\"nodes\":[", out);
    for (int i = 0; i < 256; ++i) {
        const rv_inspect_node *const n = &self->nodes[i];
        if (n->n_frames == 0) {
            continue;
        }
        fprintf(out, "%s{\"node\":%d,\"frames\":%" PRIu64, comma, i, n->n_frames);
        if (n->has_sequence) {
            fprintf(out,
                    ",\"lost\":%" PRIu64 ",\"reordered\":%" PRIu64
                    ",\"duplicates\":%" PRIu64 "}",
                    n->lost, n->reordered, n->duplicates);
        } else {
            fputs(",\"lost\":null,\"reordered\":null,\"duplicates\":null}", out);
        }
        comma = ",";
    }
}

static void
put_counts(FILE *const out, const rv_inspect *const self)
{
    const char *comma = "";
    fputs(",\"refused\":{", out);
    for (int i = 0; i < RV_REASON_COUNT; ++i) {
        if (self->refused[i]) {
            fprintf(out, "%s\"%s\":%" PRIu64, comma, rv_reason_name((rv_reason)i),
                    self->refused[i]);
            comma = ",";
        }
    }
    fputs("},\"inputs\":{", out);
    comma = "";
    for (int i = 1; i < 6; ++i) {
        fprintf(out, "%s\"%s\":%" PRIu64, comma, kinds[i], self->n_inputs[i]);
        comma = ",";
    }
    fputs("},\"packets\":{", out);
    comma = "";
    for (int i = 0; i < RV_PACKET_KINDS; ++i) {
        if (self->n_packets[i]) {
            fprintf(out, "%s\"%s\":%" PRIu64, comma,
                    rv_packet_kind_name((rv_packet_kind)i), self->n_packets[i]);
            comma = ",";
        }
    }
    fputs("}", out);
}

void
rv_inspect_print_json(FILE *const out, const char *const path,
                      const rv_capture *const capture, const rv_inspect *const self)
{
    const rv_format *const format = rv_capture_format(capture);
    fputs("{\"file\":", out);
    put_text(out, path);
    fprintf(out, ",\"format\":\"%s\",\"time_source\":", rv_format_name(format));
    put_text(out, rv_format_time(format));
    fprintf(out,
            ",\"bytes\":%" PRIu64 ",\"frames_accepted\":%" PRIu64
            ",\"refused_total\":%" PRIu64,
            rv_capture_counted(capture)->bytes, self->n_accepted, self->n_refused);
    put_counts(out, self);
    fprintf(out, ",\"first_us\":%" PRIu64 ",\"last_us\":%" PRIu64 ",\"links\":[",
            self->first_us, self->last_us);
    for (size_t i = 0; i < self->n_links; ++i) {
        fputs(i ? "," : "", out);
        put_link(out, &self->links[i]);
    }
    put_nodes(out, self);
    fputs("],\"notes\":[", out);
    char      notes[MAX_NOTES][NOTE_BYTES];
    const int n = make_notes(capture, self, notes);
    for (int i = 0; i < n; ++i) {
        fputs(i ? "," : "", out);
        put_text(out, notes[i]);
    }
    fputs("]}\n", out);
}
