// SPDX-License-Identifier: MIT
#include <ruview/engine/cycle_clock.h>

static const uint64_t max_gap_us = (uint64_t)RV_MAX_GAP_S * 1000000U;

rv_status
rv_cycle_clock_init(rv_cycle_clock *const self, const uint64_t period_us,
                    const uint64_t lateness_us)
{
    if (period_us < 1000 || period_us > 10000000 || lateness_us > 10 * period_us) {
        return RV_ERR_CONFIG;
    }
    *self = (rv_cycle_clock){.period_us = period_us, .lateness_us = lateness_us};
    return RV_OK;
}

void
rv_cycle_clock_restart(rv_cycle_clock *const self, const uint64_t t_us)
{
    self->open_us   = t_us - t_us % self->period_us;
    self->newest_us = t_us;
    self->started   = true;
}

rv_stamp_verdict
rv_cycle_clock_see(rv_cycle_clock *const self, const uint64_t t_us)
{
    if (!self->started) {
        rv_cycle_clock_restart(self, t_us);
        return RV_STAMP_ON_TIME;
    }
    if (t_us > self->newest_us) {
        if (t_us - self->newest_us > max_gap_us) {
            return RV_STAMP_TOO_FAR;
        }
        self->newest_us = t_us;
    } else if (self->newest_us - t_us > max_gap_us) {
        return RV_STAMP_TOO_FAR;
    }
    return t_us < self->open_us ? RV_STAMP_LATE : RV_STAMP_ON_TIME;
}

bool
rv_cycle_clock_due(const rv_cycle_clock *const self)
{
    return self->started &&
           self->newest_us >= rv_cycle_clock_end(self) + self->lateness_us;
}

uint64_t
rv_cycle_clock_end(const rv_cycle_clock *const self)
{
    return self->open_us + self->period_us;
}

void
rv_cycle_clock_close(rv_cycle_clock *const self)
{
    self->open_us += self->period_us;
    ++self->closed;
}
