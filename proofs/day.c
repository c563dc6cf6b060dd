// SPDX-License-Identifier: MIT
// A day of a room with four nodes through the whole engine, its world and its history
// file, simulated as it goes: nodes that never restart, and in each of 24 hours other
// walks of as many people at the same times. As no hour is busier than another, what
// grows from one to the next was caused by age: memory, cost per cycle, open files, the
// graph.
//
// Prints one row per hour. Exit code 0 when resident memory differs by less than 1 %
// between the first hour and the last, no file stayed open, the graph kept its bounds
// and the history is whole; 1 when not; 2 when it cannot tell.
#define _GNU_SOURCE
#include "bench/harness.h"
#include "cli/chronicle.h"
#include "platform/history.h"
#include "platform/lend.h"

#include <ruview/engine/engine.h>
#include <ruview/sim/sim.h>

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SECOND_US    = 1000000,
    HOUR_S       = 3600,
    HOUR_CYCLES  = HOUR_S * 20,
    MOST_HOURS   = 240,
    CALIBRATE_S  = 2, ///< Seconds after the hour, while nobody is there
    CALIBRATE_TO = 16,
    PATH_ROOM    = 512,
};

/// What an hour left behind
typedef struct {
    uint64_t cycles;
    uint64_t resident;                  ///< Bytes
    uint32_t median_ns, p99_ns, min_ns; ///< Processor time of a cycle, history included
    unsigned files;                     ///< Open
    uint32_t nodes, edges, past, events;
    uint64_t history, snapshot; ///< Bytes of the database and of the world as JSON
    int64_t  allocations, by_history; ///< Calls of malloc and its kin in this hour
    double   wall_s, cpu_s;
    uint8_t  witness[RV_DIGEST_BYTES];
} hour_row;

typedef struct {
    rv_engine    *engine;
    rv_chronicle *chronicle;
    const char   *path;
    uint32_t      cost_ns[HOUR_CYCLES + 64];
    uint32_t      n_costs;
    int64_t       by_history; ///< Allocations inside the history
    bool          in_history; ///< The sink counts: the audit that it writes is in it
    uint64_t      cycles, persons;
    uint8_t       witness[RV_DIGEST_BYTES];
} day;

static rv_sim_config    scene;
static rv_engine_config config;
static day              self;
static hour_row         rows[MOST_HOURS];

static uint64_t
read_clock(const clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/// Processor time of this thread: what others do beside it does not count
static uint64_t
now_ns(void *const unused)
{
    (void)unused;
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

// The audit chain is written from inside the cycle that makes its record
rv_status __real_rv_history_audit(rv_history *history, const uint8_t *record);
rv_status __wrap_rv_history_audit(rv_history *history, const uint8_t *record);

rv_status
__wrap_rv_history_audit(rv_history *const history, const uint8_t *const record)
{
    const int64_t   before = rv_bench_allocations();
    const rv_status status = __real_rv_history_audit(history, record);
    self.by_history += self.in_history ? 0 : rv_bench_allocations() - before;
    return status;
}

static void
take_cycle(void *const unused, const rv_cycle_output *const output)
{
    (void)unused;
    const int64_t before = rv_bench_allocations();
    self.in_history      = true;
    rv_chronicle_cycle(self.chronicle, output);
    self.in_history = false;
    self.by_history += rv_bench_allocations() - before;
    memcpy(self.witness, output->record->witness, sizeof self.witness);
    self.persons += output->record->n_persons;
    // That of the cycle before: this one is not over
    const rv_histogram *const cost =
        rv_engine_get_histogram(self.engine, RV_STAGE_CYCLE);
    if (self.cycles++ > 0 && self.n_costs < sizeof self.cost_ns / 4) {
        self.cost_ns[self.n_costs++] =
            cost->last_ns < UINT32_MAX ? (uint32_t)cost->last_ns : UINT32_MAX;
    }
}

// ---- the hour

/// People of an hour: two who walk about and meet, one who sits; from 0:55 nobody
static bool
invite(const unsigned hour)
{
    static const float from_s[]  = {20.0F, 900.0F, 2400.0F};
    static const float until_s[] = {1800.0F, 2100.0F, 3300.0F};
    const float        begin_s   = (float)(hour * HOUR_S);
    scene.n_persons              = 3;
    for (unsigned i = 0; i < scene.n_persons; ++i) {
        rv_sim_person *const person = &scene.person[i];
        rv_sim_person_default(person);
        if (i < 2 && rv_sim_person_wander(person, &scene.room, 7 + i + 16 * hour,
                                          (uint16_t)(24 + 8 * i)) != RV_OK) {
            return false;
        }
        person->from_s     = begin_s + from_s[i];
        person->until_s    = begin_s + until_s[i];
        person->facing_rad = (float)(hour % 6);
    }
    scene.person[2].waypoint[0].posture = RV_SIM_SIT;
    scene.person[2].waypoint[0].pause_s = 900.0F;
    return true;
}

static void
take_site(const rv_sim *const sim)
{
    config                 = rv_engine_config_default();
    config.allow_synthetic = true;
    config.mode            = RV_MODE_CARE_WITH_CONSENT;
    config.consent         = true;
    config.has_room        = true;
    memcpy(config.room_m, scene.room.size_m, sizeof config.room_m);
    for (int i = 0; i < scene.n_nodes; ++i) {
        config.node[i].node                = scene.node[i].id;
        config.node[i].has_position        = true;
        config.transmitter[i].has_position = true;
        config.transmitter[i].tx           = rv_sim_tx_hash(sim, (uint16_t)i);
        memcpy(config.node[i].position_m, scene.node[i].position_m,
               sizeof config.node[i].position_m);
        memcpy(config.transmitter[i].position_m, scene.node[i].position_m,
               sizeof config.transmitter[i].position_m);
    }
    config.n_nodes = config.n_transmitters = (uint8_t)scene.n_nodes;
}

static bool
calibrate(const uint64_t t_us)
{
    uint8_t          bytes[RV_COMMAND_HEADER];
    rv_writer        w       = {.bytes = bytes, .size = sizeof bytes};
    const rv_command command = {.kind  = RV_COMMAND_CALIBRATE_START,
                                .value = CALIBRATE_TO - CALIBRATE_S};
    const rv_input   input   = {
            .kind = RV_INPUT_COMMAND, .t_us = t_us, .bytes = bytes, .n = sizeof bytes};
    return rv_command_encode(&command, &w) == RV_OK &&
           rv_engine_push(self.engine, &input) == RV_OK;
}

/// What the nodes send in that hour
static bool
run_hour(rv_sim *const sim, const unsigned hour)
{
    const uint64_t begin      = scene.start_us + (uint64_t)hour * HOUR_S * SECOND_US;
    bool           calibrated = false;
    rv_sim_packet  packet     = {.t_us = begin};
    if (!invite(hour) || rv_sim_set_persons(sim, &scene) != RV_OK) {
        return false;
    }
    while (packet.t_us < begin + (uint64_t)HOUR_S * SECOND_US) {
        if (rv_sim_next(sim, &packet) != RV_OK) {
            return false;
        }
        if (!calibrated && packet.t_us >= begin + CALIBRATE_S * SECOND_US) {
            calibrated = calibrate(packet.t_us);
        }
        const rv_input input = {.kind  = RV_INPUT_DATAGRAM,
                                .t_us  = packet.t_us,
                                .bytes = packet.bytes,
                                .n     = packet.n_bytes};
        if (rv_engine_push(self.engine, &input) != RV_OK) {
            return false;
        }
    }
    return calibrated;
}

// ---- what it costs

static uint64_t
resident_bytes(void)
{
    unsigned long pages = 0;
    FILE *const   file  = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%*u %lu", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static unsigned
open_files(void)
{
    unsigned   n   = 0;
    DIR *const dir = opendir("/proc/self/fd");
    while (dir && readdir(dir)) {
        ++n;
    }
    if (dir) {
        closedir(dir);
    }
    return n > 3 ? n - 3 : 0; // . and .. and the folder itself
}

static uint64_t
file_bytes(const char *const path, const char *const ending)
{
    char        name[PATH_ROOM];
    struct stat found;
    snprintf(name, sizeof name, "%s%s", path, ending);
    return stat(name, &found) == 0 ? (uint64_t)found.st_size : 0;
}

static int
ascending(const void *const a, const void *const b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void
measure(hour_row *const row, const uint64_t wall_ns, const uint64_t cpu_ns,
        const int64_t allocations)
{
    rv_world *const world  = rv_engine_get_world(self.engine);
    const int64_t   so_far = rv_bench_allocations(); // Sorting takes memory, too
    size_t          n      = 0;
    qsort(self.cost_ns, self.n_costs, sizeof *self.cost_ns, ascending);
    *row =
        (hour_row){.cycles    = self.cycles,
                   .median_ns = self.cost_ns[self.n_costs / 2],
                   .p99_ns    = self.cost_ns[self.n_costs / 100 * 99],
                   .min_ns    = self.cost_ns[0],
                   .nodes     = rv_graph_n_nodes(rv_world_graph(world)),
                   .edges     = rv_graph_n_edges(rv_world_graph(world)),
                   .past      = rv_world_n_past(world),
                   .events    = rv_world_n_events(world),
                   .history = file_bytes(self.path, "") + file_bytes(self.path, "-wal"),
                   .allocations = so_far - allocations,
                   .by_history  = self.by_history,
                   .wall_s = (double)(read_clock(CLOCK_MONOTONIC) - wall_ns) * 1e-9,
                   .cpu_s  = (double)(now_ns(NULL) - cpu_ns) * 1e-9};
    memcpy(row->witness, self.witness, sizeof row->witness);
    free(rv_chronicle_snapshot(self.chronicle, &n));
    row->snapshot   = n;
    row->resident   = resident_bytes();
    row->files      = open_files();
    self.n_costs    = 0;
    self.by_history = 0;
}

static void
print_head(void)
{
    puts("hour   cycles  resident_KiB  median_us  p99_us  min_us  files  nodes  edges  "
         "past  events  history_KiB  snapshot_KiB  allocs  of_history  wall_s   cpu_s  "
         "witness");
}

static void
print_row(const unsigned hour, const hour_row *const r)
{
    char digits[17];
    for (int i = 0; i < 8; ++i) {
        snprintf(digits + 2 * i, 3, "%02x", r->witness[i]);
    }
    printf("%4u  %7llu  %12.1f  %9.1f  %6.1f  %6.1f  %5u  %5u  %5u  %4u  %6u  %11.1f  "
           "%12.1f  %6lld  %10lld  %6.1f  %6.1f  %s\n",
           hour, (unsigned long long)r->cycles, (double)r->resident / 1024.0,
           (double)r->median_ns * 1e-3, (double)r->p99_ns * 1e-3,
           (double)r->min_ns * 1e-3, r->files, r->nodes, r->edges, r->past, r->events,
           (double)r->history / 1024.0, (double)r->snapshot / 1024.0,
           (long long)r->allocations, (long long)r->by_history, r->wall_s, r->cpu_s,
           digits);
    fflush(stdout);
}

/// The hour that holds the millionth cycle, or the last
static unsigned
hour_of_a_million(const unsigned hours)
{
    unsigned h = 0;
    while (h + 1 < hours && rows[h].cycles < 1000000) {
        ++h;
    }
    return h;
}

static int
judge(const unsigned hours, const bool is_whole, const uint64_t n_audit)
{
    const hour_row *const first  = &rows[0];
    const hour_row *const last   = &rows[hours - 1];
    const hour_row *const late   = &rows[hour_of_a_million(hours)];
    const rv_world_config bounds = rv_world_config_default();
    const double          grown  = (double)last->resident / (double)first->resident;
    const double          slower = (double)late->median_ns / (double)first->median_ns;
    const bool            flat   = grown < 1.01 && grown > 0.99;
    const bool            closed = last->files == first->files;
    bool                  spare  = true; // every allocation is the history's
    for (unsigned h = 0; h < hours; ++h) {
        spare = spare && rows[h].allocations == rows[h].by_history;
    }
    const bool bounded = last->nodes <= bounds.graph.max_nodes &&
                         last->edges <= bounds.graph.max_edges &&
                         last->past <= bounds.max_past &&
                         last->events <= bounds.max_events;
    printf("resident memory, last hour / first: %.5f (bound 0.99..1.01)  %s\n", grown,
           flat ? "ok" : "MISSED");
    printf("cost of a cycle, hour of cycle %llu / first: %.3f (median), %.3f (min)\n",
           (unsigned long long)late->cycles, slower,
           (double)late->min_ns / (double)first->min_ns);
    printf("files open, last / first: %u / %u  %s\n", last->files, first->files,
           closed ? "ok" : "MISSED");
    printf("allocations outside the history: %s\n", spare ? "none  ok" : "MISSED");
    printf("graph within its bounds: %s\n", bounded ? "ok" : "MISSED");
    printf("history whole, %llu audit records follow: %s\n",
           (unsigned long long)n_audit, is_whole ? "ok" : "MISSED");
    printf("persons per cycle: %.3f\nwitness ",
           (double)self.persons / (double)self.cycles);
    for (int i = 0; i < RV_DIGEST_BYTES; ++i) {
        printf("%02x", last->witness[i]);
    }
    puts("");
    return flat && closed && spare && bounded && is_whole ? 0 : 1;
}

// ----

static bool
check_history(uint64_t *const n_audit)
{
    rv_history_config how = rv_history_config_default(self.path);
    rv_history       *history;
    how.read_only = true;
    *n_audit      = 0;
    if (rv_history_open(&history, &how) != RV_OK) {
        return false;
    }
    rv_history_found found;
    const rv_status  status = rv_history_check(history, NULL, &found);
    rv_history_close(history);
    *n_audit = found.last_audit;
    return status == RV_OK;
}

/// What the run borrows until its end
typedef struct {
    rv_sim sim;
    void  *of_sim, *of_engine;
} loan;

static bool
start(loan *const l)
{
    size_t n = 0, n_sim = 0;
    rv_sim_config_default(&scene);
    if (!invite(0) || rv_sim_size(&scene, &n_sim) != RV_OK ||
        !(l->of_sim = rv_lend(n_sim)) ||
        rv_sim_init(&l->sim, &scene, l->of_sim, n_sim) != RV_OK) {
        return false;
    }
    take_site(&l->sim);
    if (rv_engine_size(&config, &n) != RV_OK || !(l->of_engine = rv_lend(n))) {
        return false;
    }
    // Every page is there from the start: what grows later grew for another reason
    memset(l->of_engine, 1, n);
    memset(self.cost_ns, 1, sizeof self.cost_ns);
    if (rv_engine_init(&self.engine, &config, l->of_engine, n) != RV_OK) {
        return false;
    }
    rv_engine_set_sink(self.engine, take_cycle, NULL);
    rv_engine_set_clock(self.engine, now_ns, NULL);
    self.chronicle = rv_chronicle_open(self.path, self.engine, NULL);
    printf("engine %zu KiB\n", n / 1024);
    return self.chronicle != NULL;
}

int
main(const int argc, char **const argv)
{
    const unsigned hours = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 24;
    loan           l     = {.of_sim = NULL};
    self.path            = argc > 2 ? argv[2] : NULL;
    if (argc != 3 || hours < 1 || hours > MOST_HOURS || strlen(self.path) > 480) {
        fputs(
            "usage: day HOURS HISTORY\n\n"
            "HOURS of a simulated room through engine, world and history; HISTORY is\n"
            "a file that is not there yet.\n",
            stderr);
        return 2;
    }
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, 1 << 17); // as a live run does
#endif
    if (access(self.path, F_OK) == 0 || !start(&l)) {
        fprintf(stderr, "day: does not start; is %s there already?\n", self.path);
        return 2;
    }
    print_head();
    for (unsigned hour = 0; hour < hours; ++hour) {
        const uint64_t wall_ns = read_clock(CLOCK_MONOTONIC);
        const uint64_t cpu_ns  = now_ns(NULL);
        const int64_t  before  = rv_bench_allocations();
        self.by_history        = 0; // What opening it took is of no hour
        if (!run_hour(&l.sim, hour)) {
            fputs("day: the engine refused an input\n", stderr);
            return 2;
        }
        measure(&rows[hour], wall_ns, cpu_ns, before);
        print_row(hour + 1, &rows[hour]);
    }
    uint64_t   n_audit  = 0;
    const bool is_whole = rv_chronicle_close(self.chronicle) && check_history(&n_audit);
    free(l.of_engine);
    free(l.of_sim);
    return judge(hours, is_whole, n_audit);
}
