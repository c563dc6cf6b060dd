// SPDX-License-Identifier: MIT
/**
   @file voxel_map.h
   Where things have been going on: the evidence of places gathered over time as
   log-odds of occupancy that are bounded and fade, and views of it that hold no more
   than a privacy level allows.

   Place      After localisation.
   Method     A voxel's evidence is a log-likelihood ratio, somebody there over not. It
              is taken at most once per `step_us`, because looks at one person are
              correlated, and moves the odds by 2 at most;
              between, log-odds decay toward the prior with time constant `memory_us`.
              A view is a new object: the map is never edited to hide something, and a
              view holds nothing from which more could be had.
   Source     "OctoMap: an efficient probabilistic 3D mapping framework based on
              octrees", Auton. Robots 34 (2013), eq. 4 (bounded log-odds).
   Exactness  Element-wise; f32.
*/
#ifndef RV_ROOM_VOXEL_MAP_H
#define RV_ROOM_VOXEL_MAP_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_VOXEL_MAP_MAX   = 16384,
    RV_VOXEL_HISTOGRAM = 8,
    RV_VOXEL_LEVELS    = 4, ///< Of an anonymous view: 0, 1/3, 2/3, 1
};

typedef struct {
    uint32_t n_voxels;  ///< 1..RV_VOXEL_MAP_MAX
    uint64_t step_us;   ///< Between independent images (500 ms)
    uint64_t memory_us; ///< Time constant of forgetting (60 s)
    float    prior;     ///< Occupancy without evidence, 0..1 (0.1)
    float    lowest;    ///< Log-odds are held to lowest.. (-4)
    float    highest;   ///< ..highest (3.5)
} rv_voxel_map_config;

typedef struct {
    rv_voxel_map_config cfg;
    float               prior_odds;
    float              *odds;     ///< [n_voxels] log-odds
    uint32_t           *evidence; ///< [n_voxels] images taken
    uint64_t            t_us;
    uint32_t            n_images;
} rv_voxel_map;

/// How much a view may hold
typedef enum {
    RV_VOXEL_FULL,       ///< Occupancy of each voxel
    RV_VOXEL_ANONYMOUS,  ///< Occupancy in RV_VOXEL_LEVELS steps
    RV_VOXEL_RESTRICTED, ///< Only how many voxels are how occupied
} rv_voxel_level;

typedef struct {
    rv_voxel_level level;
    rv_reason      reason;    ///< NO_DATA before the first image; PRIVACY: no voxels
    const float   *occupancy; ///< [n_voxels] 0..1, in the caller's buffer; or NULL
    uint32_t       histogram[RV_VOXEL_HISTOGRAM];
} rv_voxel_view;

/// Occupancy in the steps of an anonymous view, 0..1
RV_API RV_CONST float rv_voxel_coarse(float occupancy);

RV_API rv_voxel_map_config rv_voxel_map_config_default(uint32_t n_voxels);

/// Bytes of memory for one object, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_voxel_map_size(const rv_voxel_map_config *cfg,
                                                size_t                    *n_bytes);

/// Begin in caller memory of rv_voxel_map_size() bytes aligned to 64, lent until the
/// last use. ERR_CONFIG; ERR_MEMORY (null, unaligned or short); on error nothing has
/// changed.
RV_API RV_NODISCARD rv_status rv_voxel_map_init(rv_voxel_map              *self,
                                                const rv_voxel_map_config *cfg,
                                                void *mem, size_t n_bytes);

/**
   One image; taken when `step_us` has passed since the last one that was.

   @param evidence  I  [n_voxels] log-likelihood ratios [nats].
   @return ERR_RANGE when time runs backwards. Voxels that are not finite are left out.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_voxel_map_push(rv_voxel_map *self,
                                                            uint64_t      t_us,
                                                            const float  *evidence);

/// Would an image of that moment be taken?
RV_API RV_REALTIME bool rv_voxel_map_is_due(const rv_voxel_map *self, uint64_t t_us);

/**
   A view that holds no more than `level` allows.

   @param buffer  O  [n_voxels] for the occupancy; not touched by a restricted view.
*/
RV_API RV_REALTIME void rv_voxel_map_view(const rv_voxel_map *self,
                                          rv_voxel_level level, float *buffer,
                                          rv_voxel_view *out);

RV_END_DECLS

#endif // RV_ROOM_VOXEL_MAP_H
