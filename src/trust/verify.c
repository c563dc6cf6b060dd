// SPDX-License-Identifier: MIT
#include <ruview/trust/verify.h>

#include <string.h>

void
rv_verify_init(rv_verify *const self, const uint8_t published_run[RV_DIGEST_BYTES],
               const uint8_t recomputed_run[RV_DIGEST_BYTES])
{
    *self = (rv_verify){0};
    if (memcmp(published_run, recomputed_run, RV_DIGEST_BYTES) != 0) {
        self->what      = RV_VERIFY_RUN;
        self->has_lines = true;
    }
}

static bool
stop(rv_verify *const self, const rv_verify_what what, const uint64_t cycle)
{
    if (self->what == RV_VERIFY_NOTHING) {
        self->what  = what;
        self->cycle = cycle;
    }
    return false;
}

bool
rv_verify_push(rv_verify *const self, const rv_witness_line *const published,
               const rv_witness_line *const recomputed)
{
    if (self->what != RV_VERIFY_NOTHING || (!published && !recomputed)) {
        return false;
    }
    self->has_lines = true;
    if (!published) {
        return stop(self, RV_VERIFY_EXTRA, recomputed->cycle);
    }
    if (!recomputed) {
        return stop(self, RV_VERIFY_MISSING, published->cycle);
    }
    if (published->cycle != recomputed->cycle) {
        return stop(self, RV_VERIFY_CYCLE, published->cycle);
    }
    if (published->t_us != recomputed->t_us) {
        return stop(self, RV_VERIFY_TIME, published->cycle);
    }
    if (memcmp(published->witness, recomputed->witness, RV_DIGEST_BYTES) != 0) {
        return stop(self, RV_VERIFY_WITNESS, published->cycle);
    }
    ++self->n_same;
    return true;
}

void
rv_verify_damaged(rv_verify *const self, const uint64_t cycle)
{
    self->has_lines = true;
    (void)stop(self, RV_VERIFY_DAMAGED, cycle);
}

void
rv_verify_privacy(rv_verify *const self, const uint64_t cycle)
{
    self->has_lines = true;
    (void)stop(self, RV_VERIFY_PRIVACY, cycle);
}

rv_verdict
rv_verify_verdict(const rv_verify *const self)
{
    return self->what != RV_VERIFY_NOTHING ? RV_VERIFY_DIFFERENT
           : self->has_lines               ? RV_VERIFY_SAME
                                           : RV_VERIFY_CANNOT_TELL;
}

const char *
rv_verify_what_name(const rv_verify_what what)
{
    static const char *const names[] = {"nothing", "run",     "cycle",
                                        "time",    "witness", "missing",
                                        "extra",   "damaged", "privacy"};
    return (unsigned)what < sizeof names / sizeof *names ? names[what] : "?";
}
