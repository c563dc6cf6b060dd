// SPDX-License-Identifier: MIT
/**
   @file assets.h
   The page, inside the program: tools/embed.c writes the table while building, so no
   request ever reaches the file system.
*/
#ifndef RV_SERVER_ASSETS_H
#define RV_SERVER_ASSETS_H

#include <stddef.h>

typedef struct {
    const char          *path; ///< "/index.html"
    const char          *type; ///< Content type
    const unsigned char *data;
    size_t               n;
} rv_asset;

extern const rv_asset rv_assets[];
extern const size_t   rv_n_assets;

#endif // RV_SERVER_ASSETS_H
