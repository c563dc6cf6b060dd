// SPDX-License-Identifier: MIT
// No instruction set beyond the baseline, where platform/ is not built
#include <ruview/platform/cpu.h>

uint32_t
rv_cpu_mask(void)
{
    return 0;
}
