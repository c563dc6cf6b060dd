// SPDX-License-Identifier: MIT
/**
   @file settings.h
   The part of the configuration that a running engine takes anew: privacy, zones, the
   time until silence is no data. Everything else decides about memory, links or
   geometry and needs a restart.

   Bytes, little-endian: u8 version 1, u8 mode, u8 consent, u8 vitals, u32 no_data_us,
   u8 number of zones, per zone 32 bytes of name, u8 vertices, per vertex f32 east,
   f32 north.
*/
#ifndef RV_ENGINE_SETTINGS_H
#define RV_ENGINE_SETTINGS_H

#include <ruview/base/bytes.h>
#include <ruview/engine/engine_config.h>

RV_BEGIN_DECLS

enum {
    RV_SETTINGS_BYTES =
        9 + RV_MAX_ZONES * (RV_NAME_BYTES + 1 + 8 * RV_ZONE_VERTICES), ///< At most
};

typedef struct {
    rv_privacy_mode mode;
    bool            consent;
    bool            vitals_opt_in;
    uint32_t        no_data_us;
    uint8_t         n_zones;
    rv_zone_config  zone[RV_MAX_ZONES];
} rv_engine_settings;

/// Those of a whole configuration
RV_API void rv_engine_settings_of(const rv_engine_config *config,
                                  rv_engine_settings     *settings);

/// ERR_FULL
RV_API RV_NODISCARD rv_status
rv_engine_settings_encode(const rv_engine_settings *settings, rv_writer *out);

/// ERR_TRUNCATED, ERR_TRAILING, ERR_VALUE (version, mode, a zone that is none)
RV_API RV_NODISCARD rv_status rv_engine_settings_decode(const uint8_t *bytes, size_t n,
                                                        rv_engine_settings *settings);

/// Into a configuration
RV_API void rv_engine_settings_apply(const rv_engine_settings *settings,
                                     rv_engine_config         *config);

/// What they say that the persons agreed to
RV_API RV_PURE rv_consent
rv_engine_settings_consent(const rv_engine_settings *settings);

/**
   May an engine that runs with `now` go on with `then`?

   @param why  O  What differs and needs a restart, a constant text; NULL on success.
   @return OK; ERR_UNSUPPORTED: something besides the settings differs; ERR_CONFIG:
           `then` is not valid.
*/
RV_API RV_NODISCARD rv_status rv_engine_settings_check(const rv_engine_config *now,
                                                       const rv_engine_config *then,
                                                       const char            **why);

RV_END_DECLS

#endif // RV_ENGINE_SETTINGS_H
