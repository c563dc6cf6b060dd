// SPDX-License-Identifier: MIT
/**
   @file npy.h
   NumPy arrays in place: .npy files and the members of an .npz whose members are stored
   without compression (numpy.lib.format, versions 1 to 3; ZIP APPNOTE 4.3.7).
*/
#ifndef RV_CAPTURE_NPY_H
#define RV_CAPTURE_NPY_H

#include "capture/scan.h"

#include <ruview/base/bytes.h>
#include <ruview/base/status.h>

enum { RV_NPY_MAX_DIMS = 4 };

/// An array; the elements stay where they are
typedef struct {
    const uint8_t *data;
    uint64_t       n;       ///< Elements
    char           kind;    ///< 'i' 'u' 'f' 'c' 'b' 'U'
    uint8_t        size;    ///< Bytes of an element, 1..8; of 'c' 8 or 16
    uint16_t       n_chars; ///< Of 'U': code points per element
    bool           big;     ///< Big-endian
    bool           fortran; ///< First index runs fastest
    uint8_t        n_dims;  ///< 0..4
    uint64_t       dim[RV_NPY_MAX_DIMS];
} rv_npy;

/// @return OK, ERR_MAGIC, ERR_TRUNCATED, ERR_UNSUPPORTED (objects, other types),
///         ERR_VALUE (a header that is none)
rv_status rv_npy_open(const uint8_t *bytes, size_t n, rv_npy *out);

/// Element as a number; 'c' gives the real part. Needs index < n.
double rv_npy_f64(const rv_npy *array, uint64_t index);

/// `n` elements from `first` on, `stride` apart, rounded to f32. Needs them to exist.
void rv_npy_row(const rv_npy *array, uint64_t first, uint64_t stride, size_t n,
                float *out);

/// Imaginary part of a complex element
double rv_npy_imag(const rv_npy *array, uint64_t index);

/// Character of a text array's first element; 0 past its end
uint32_t rv_npy_char(const rv_npy *array, unsigned index);

/// One member of a stored zip
typedef struct {
    rv_text        name;
    const uint8_t *data;
    size_t         n;
} rv_zip_member;

/// What a step through a zip came to
typedef enum { RV_ZIP_MEMBER, RV_ZIP_DONE, RV_ZIP_BAD, RV_ZIP_PACKED } rv_zip_step;

/// Next member from `*at` on
rv_zip_step rv_zip_next(const uint8_t *bytes, size_t n, size_t *at, rv_zip_member *out);

#endif // RV_CAPTURE_NPY_H
