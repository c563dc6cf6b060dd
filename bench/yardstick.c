// SPDX-License-Identifier: MIT
#include "bench/yardstick.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

// A function's address through a copy: ISO C has no cast from object to function
// pointer
static bool
find(void *const library, const char *const name, void *const slot)
{
    void *const address = dlsym(library, name);
    memcpy(slot, &address, sizeof address);
    return address != NULL;
}

static void *
open_first(const char *const names[], const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        void *const library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library) {
            return library;
        }
    }
    return NULL;
}

bool
rv_fftw_open(rv_fftw *const self)
{
    static const char *const names[] = {"libfftw3f.so.3", "libfftw3f.3.dylib"};
    void *const              l       = open_first(names, 2);
    return l && find(l, "fftwf_plan_dft_1d", &self->plan_dft_1d) &&
           find(l, "fftwf_plan_many_dft", &self->plan_many_dft) &&
           find(l, "fftwf_execute", &self->execute) &&
           find(l, "fftwf_destroy_plan", &self->destroy_plan) &&
           find(l, "fftwf_malloc", &self->malloc) && find(l, "fftwf_free", &self->free);
}

bool
rv_blas_open(rv_blas *const self)
{
    static const char *const names[] = {"libopenblas.so.0"};
    void *const              l       = open_first(names, 1);
    void (*set_threads)(int)         = NULL;
    if (!l || !find(l, "cblas_sdot", &self->sdot) ||
        !find(l, "cblas_saxpy", &self->saxpy) ||
        !find(l, "cblas_cgemv", &self->cgemv) ||
        !find(l, "openblas_set_num_threads", &set_threads)) {
        return false;
    }
    set_threads(1);
    return true;
}
