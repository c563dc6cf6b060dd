// SPDX-License-Identifier: MIT
/**
   @file config_print.h
   The engine's configuration as the YAML that config_file.h reads: what travels inside
   a recording, so that a replay knows the room.
*/
#ifndef RV_PLATFORM_CONFIG_PRINT_H
#define RV_PLATFORM_CONFIG_PRINT_H

#include <ruview/engine/engine_config.h>

RV_BEGIN_DECLS

/// First line of a note that holds a configuration
#define RV_CONFIG_NOTE "ruview.config\n"

/**
   Write `config` as YAML text with a terminating zero.

   @return Length without the zero; 0 when `room` is too small.
*/
RV_API size_t rv_config_print(const rv_engine_config *config, char *out, size_t room);

RV_END_DECLS

#endif // RV_PLATFORM_CONFIG_PRINT_H
