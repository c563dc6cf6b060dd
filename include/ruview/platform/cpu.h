// SPDX-License-Identifier: MIT
/**
   @file cpu.h
   Which kernels the machine can run. The results never depend on it.
*/
#ifndef RV_PLATFORM_CPU_H
#define RV_PLATFORM_CPU_H

#include <ruview/base/attributes.h>

#include <stdint.h>

RV_BEGIN_DECLS

/**
   What this CPU and its operating system can do, as the bits of math/kernels.h, limited
   by the environment variable RUVIEW_CPU_MASK when it is set: a number, decimal or 0x
   hexadecimal, that is ANDed with the finding, except that RV_CPU_PLAIN is taken as
   given.
*/
RV_API uint32_t rv_cpu_mask(void);

RV_END_DECLS

#endif // RV_PLATFORM_CPU_H
