// SPDX-License-Identifier: MIT
#include <ruview/room/change_point.h>

#include "base/try.h"
#include "room/room_math.h"

#include <string.h>

// Values further out do not shape the baseline [sigmas]
static const double outlier = 4.0;

// One step moves a CUSUM by this much at most: one strange second is no change [sigmas]
static const double most_per_step = 3.0;

// Levels are not known better than this [dB]
static const double least_sigma_db = 0.02;

// Values that a baseline needs to be one
enum { least_known = 10 };

rv_change_config
rv_change_config_default(void)
{
    return (rv_change_config){
        .max_links          = RV_ROOM_MAX_LINKS,
        .step_us            = 1000000,
        .memory_us          = 600000000,
        .warmup_us          = 15000000,
        .false_alarms_per_h = 0.2F,
        .slack              = 1.0F,
        .min_links          = 2,
        .hold_us            = 30000000,
    };
}

rv_status
rv_change_init(rv_change *const self, const rv_change_config *const cfg)
{
    const bool ok = cfg->max_links >= 1 && cfg->max_links <= RV_ROOM_MAX_LINKS &&
                    cfg->step_us >= 1000 && cfg->memory_us >= 10 * cfg->step_us &&
                    cfg->warmup_us >= 10 * cfg->step_us &&
                    room_in_range(cfg->false_alarms_per_h, 1e-9F, 1e6F) &&
                    room_in_range(cfg->slack, 0.05F, 5.0F) && cfg->min_links >= 1 &&
                    cfg->min_links <= RV_ROOM_MAX_LINKS && cfg->hold_us >= cfg->step_us;
    if (!ok) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->cfg = *cfg;
    return RV_OK;
}

double
rv_cusum_run_length(const double slack, const double limit)
{
    const double b   = limit + 1.166; // the mean overshoot of a normal walk, twice
    const double two = 2.0 * slack * b;
    return 0.5 * (rv_exp_f64(two) - two - 1.0) / (2.0 * slack * slack);
}

// Run length of one side for increments of mean `drift` and scatter 1
static double
one_side(const double reference, const double limit)
{
    const double k   = reference > 0.01 ? reference : 0.01;
    const double two = 2.0 * k * (limit + 1.166);
    // Beyond this nothing is left to tell apart, and the exponential would overflow
    return two > 600.0 ? 1e250 : (rv_exp_f64(two) - two - 1.0) / (2.0 * k * k);
}

// Alarms per step of one link whose baseline came from n values: its mean is off by a
// normal of variance 1/n, its scatter by a factor 1 + a normal of variance 1/2n
static double
alarm_rate(const double slack, const double limit, const double n_base)
{
    static const double node[5]   = {0.0, -1.355626, 1.355626, -2.856970, 2.856970};
    static const double weight[5] = {0.533333, 0.222076, 0.222076, 0.011257, 0.011257};
    if (!(n_base > 0.0)) {
        return 2.0 / one_side(slack, limit);
    }
    double rate = 0.0;
    for (uint32_t i = 0; i < 5; ++i) {
        const double off = node[i] / rv_sqrt_f64(n_base);
        for (uint32_t j = 0; j < 5; ++j) {
            const double scale = 1.0 + node[j] / rv_sqrt_f64(2.0 * n_base);
            const double wide  = scale > 0.2 ? scale : 0.2;
            rate += weight[i] * weight[j] *
                    (1.0 / one_side((slack - off) * wide, limit * wide) +
                     1.0 / one_side((slack + off) * wide, limit * wide));
        }
    }
    return rate;
}

double
rv_cusum_limit(const double slack, const uint32_t n, const uint32_t m,
               const double hold, const double steps, const double n_base)
{
    double ways = n; // n C(n - 1, m - 1)
    for (uint32_t k = 1; k < m; ++k) {
        ways *= (double)(n - k) / k;
    }
    double low  = 0.0;
    double high = 60.0 / slack;
    for (uint32_t i = 0; i < 40; ++i) {
        const double middle = 0.5 * (low + high);
        const double rate   = alarm_rate(slack, middle, n_base);
        double       all    = ways * rate;
        for (uint32_t k = 1; k < m; ++k) {
            all *= rate * hold;
        }
        if (all * steps > 1.0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

static void
clear_sums(rv_change_link *const link)
{
    link->up      = 0.0;
    link->down    = 0.0;
    link->since   = 0.0;
    link->n_since = 0;
}

void
rv_change_rebaseline(rv_change *const self)
{
    memset(self->link, 0, sizeof self->link);
    self->started = false;
    self->pending = false;
}

// Variance of a value as a CUSUM adds it up: neighbours are not independent
static double
long_run(const rv_change_link *const link)
{
    const double floor2 = least_sigma_db * least_sigma_db;
    const double more   = link->cross > 0.0 ? 2.0 * link->cross : 0.0;
    const double var    = link->variance + more;
    return var > floor2 ? var : floor2;
}

static void
learn(const rv_change *const self, rv_change_link *const link, const double x,
      const double off)
{
    // A plain mean at first, then one that forgets
    const double steps  = (double)++link->n_steps;
    const double memory = (double)self->cfg.memory_us / (double)self->cfg.step_us;
    const double share  = 1.0 / (steps < memory ? steps : memory);
    link->mean += share * (x - link->mean);
    // The scatter survives a change of level
    const double settled = link->known ? memory : steps;
    const double other   = 1.0 / (settled < memory ? settled : memory);
    link->variance += other * (off * off * (1.0 - share) - link->variance);
    link->cross += other * (off * link->last - link->cross);
}

static double
clamp(const double x, const double most)
{
    return x > most ? most : x < -most ? -most : x;
}

// One averaged value of one link
static void
take_step(rv_change *const self, rv_change_link *const link, const double x,
          const uint64_t t_us)
{
    const double off = x - link->mean;
    const double var = long_run(link);
    if (!link->known) {
        learn(self, link, x, off);
        link->last  = off;
        link->known = (double)link->n_steps * (double)self->cfg.step_us >=
                      (double)self->cfg.warmup_us;
        return;
    }
    const double slack  = (double)self->cfg.slack;
    const double z      = clamp(off / rv_sqrt_f64(var), most_per_step + slack);
    const bool   rested = link->up <= 0.0 && link->down <= 0.0;
    link->up            = link->up + z - slack > 0.0 ? link->up + z - slack : 0.0;
    link->down          = link->down - z - slack > 0.0 ? link->down - z - slack : 0.0;
    if (link->up <= 0.0 && link->down <= 0.0) {
        clear_sums(link);
    } else {
        if (rested) {
            link->left_us = t_us - self->cfg.step_us;
        }
        link->since += x;
        ++link->n_since;
    }
    if (link->up > self->limit || link->down > self->limit) {
        link->alarmed  = true;
        link->alarm_us = t_us;
        link->step_db  = link->since / link->n_since - link->mean;
        link->last     = off;
        return;
    }
    if (off * off < outlier * outlier * var && !link->alarmed) {
        learn(self, link, x, off);
    }
    link->last = off;
}

// The new level is the baseline, known from as many values as it was seen in
static void
adopt(rv_change_link *const link)
{
    link->mean += link->step_db;
    link->n_steps = link->n_since > least_known ? link->n_since : least_known;
    link->alarmed = false;
    clear_sums(link);
}

static void
decide(rv_change *const self, const uint32_t n, const uint64_t t_us,
       rv_change_frame *const out)
{
    uint64_t first_us = UINT64_MAX;
    double   beyond   = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        rv_change_link *const link = &self->link[i];
        if (link->alarmed && !self->pending &&
            t_us - link->alarm_us > self->cfg.hold_us) {
            adopt(link); // Alone: this link changed, the room did not
        }
        if (link->alarmed) {
            out->links |= (uint64_t)1 << i;
            ++out->n_alarms;
            first_us = link->left_us < first_us ? link->left_us : first_us;
            if (rv_abs_f32((float)link->step_db) > rv_abs_f32(out->step_db)) {
                out->step_db = (float)link->step_db;
                out->largest = i;
            }
            const double sum = link->up > link->down ? link->up : link->down;
            beyond += sum > self->limit ? sum - self->limit : 0.0;
        }
    }
    const uint32_t wanted =
        self->cfg.min_links < out->n_links ? self->cfg.min_links : out->n_links;
    out->changed  = !self->pending && out->n_alarms >= wanted && out->n_alarms != 0;
    out->t_us     = out->n_alarms != 0 ? first_us : 0;
    self->pending = self->pending || out->changed;
    if (out->n_alarms != 0) {
        // A CUSUM is the log likelihood ratio of a shift by twice the reference value
        out->confidence =
            (float)(1.0 / (1.0 + rv_exp_f64(-2.0 * (double)self->cfg.slack *
                                            (beyond < 50.0 ? beyond : 50.0))));
    }
}

bool
rv_change_is_in_alarm(const rv_change *const self, const uint32_t i)
{
    return i < RV_ROOM_MAX_LINKS && self->link[i].alarmed;
}

float
rv_change_step(const rv_change *const self, const uint32_t i)
{
    return rv_change_is_in_alarm(self, i) ? (float)self->link[i].step_db : 0.0F;
}

void
rv_change_settle(rv_change *const self, const bool is_room)
{
    for (uint32_t i = 0; i < RV_ROOM_MAX_LINKS; ++i) {
        rv_change_link *const link = &self->link[i];
        if (link->alarmed && is_room) {
            adopt(link);
        } else if (link->alarmed) {
            link->alarmed = false;
            clear_sums(link);
        }
    }
    self->pending = false;
}

rv_estimate
rv_change_level(const rv_change *const self, const uint32_t i)
{
    if (i >= self->cfg.max_links || !self->link[i].known) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    const rv_change_link *const link = &self->link[i];
    return rv_known((float)link->last, (float)rv_sqrt_f64(long_run(link)), 1.0F);
}

// Fewest values behind any baseline in use
static double
least_base(const rv_change *const self, const uint32_t n)
{
    const double memory = (double)self->cfg.memory_us / (double)self->cfg.step_us;
    double       least  = memory;
    for (uint32_t i = 0; i < n; ++i) {
        const rv_change_link *const link = &self->link[i];
        if (link->known && (double)link->n_steps < least) {
            least = link->n_steps;
        }
    }
    return least;
}

// Renewed when links come or a baseline has become a quarter better known, or worse
static void
design(rv_change *const self, const uint32_t n_links, const double n_base)
{
    const bool same = n_links == self->limit_links && n_base >= self->limit_base &&
                      n_base < 1.25 * self->limit_base;
    if (same || n_links == 0) {
        return;
    }
    self->limit_base    = n_base;
    const uint32_t m    = self->cfg.min_links < n_links ? self->cfg.min_links : n_links;
    const double   step = (double)self->cfg.step_us;
    self->limit_links   = n_links;
    self->limit         = rv_cusum_limit(
                (double)self->cfg.slack, n_links, m, (double)self->cfg.hold_us / step,
                3.6e9 / step / (double)self->cfg.false_alarms_per_h, n_base);
}

static void
end_step(rv_change *const self, const uint32_t n, const uint64_t t_us,
         rv_change_frame *const out)
{
    uint32_t taking_part = 0;
    bool     ready       = false;
    for (uint32_t i = 0; i < n; ++i) {
        taking_part += (self->link[i].n_sum != 0 || self->link[i].n_steps != 0);
    }
    design(self, taking_part, least_base(self, n));
    for (uint32_t i = 0; i < n; ++i) {
        rv_change_link *const link = &self->link[i];
        if (link->n_sum != 0) {
            take_step(self, link, link->sum / link->n_sum, t_us);
        }
        link->sum   = 0.0;
        link->n_sum = 0;
        ready       = ready || link->known;
    }
    out->n_links = taking_part;
    out->reason  = taking_part == 0 ? RV_REASON_NO_DATA
                   : ready          ? RV_REASON_NONE
                                    : RV_REASON_WARMING_UP;
    decide(self, n, t_us, out);
}

rv_status
rv_change_push(rv_change *const self, const uint64_t t_us, const float *const level_db,
               const bool *const valid, const uint32_t n, const bool quiet,
               rv_change_frame *const out)
{
    if (n > self->cfg.max_links || (self->started && t_us < self->last_us)) {
        return RV_ERR_RANGE;
    }
    memset(out, 0, sizeof *out);
    if (!self->started) {
        self->started     = true;
        self->step_end_us = t_us + self->cfg.step_us;
    }
    self->last_us = t_us;
    for (uint32_t i = 0; i < n; ++i) {
        if (!quiet) { // A step that somebody walked through says nothing
            self->link[i].sum   = 0.0;
            self->link[i].n_sum = 0;
        } else if (valid[i] && rv_is_finite_f32(level_db[i])) {
            self->link[i].sum += (double)level_db[i];
            ++self->link[i].n_sum;
        }
    }
    out->reason = self->limit_links == 0 ? RV_REASON_WARMING_UP : RV_REASON_NONE;
    if (t_us >= self->step_end_us) {
        end_step(self, n, t_us, out);
        self->step_end_us = t_us + self->cfg.step_us;
    }
    out->limit   = (float)self->limit;
    out->pending = self->pending;
    return RV_OK;
}
