// SPDX-License-Identifier: MIT
/**
   @file text.h
   Numbers to text by integer arithmetic: no locale, no libc, the same text everywhere.

   Place      publish, digests for people, CLI tables of published values.
   Source     Shortest digits: "The Schubfach way to render doubles", 2020.

   Every function writes at most RV_TEXT_MAX characters without a terminating zero and
   returns their number; `out` must have room for RV_TEXT_MAX.
*/
#ifndef RV_MATH_TEXT_H
#define RV_MATH_TEXT_H

#include <ruview/base/attributes.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_TEXT_MAX = 64 }; ///< Room that every function below may need [bytes]

RV_API size_t rv_text_u64(char *out, uint64_t value);
RV_API size_t rv_text_i64(char *out, int64_t value);

/// `n_digits` lower-case hexadecimal digits, 1..16, leading zeros kept
RV_API size_t rv_text_hex(char *out, uint64_t value, uint32_t n_digits);

/// 2 n_bytes lower-case digits; `out` must have room for them
RV_API size_t rv_text_hex_bytes(char *out, const uint8_t *bytes, size_t n_bytes);

/**
   Shortest decimal that reads back to the same f32, as JSON wants it: 0.85, 1.0, 1e-7,
   1.5e13; fixed from 1e-6 up to below 1e13, else with an exponent; -0.0 keeps its sign;
   "null" for what is not finite.
*/
RV_API size_t rv_text_f32(char *out, float value);

/// The same for f64: fixed from 1e-5 up to below 1e16
RV_API size_t rv_text_f64(char *out, double value);

/**
   Shortest decimal for people and evidence: always a point or an exponent; exponent
   below 1e-4 and from 1e16 on; "NaN", "inf", "-inf".
*/
RV_API size_t rv_text_debug_f32(char *out, float value);
RV_API size_t rv_text_debug_f64(char *out, double value);

/**
   Exactly `n_decimals` (0..9) places after the point of the exact binary value, halves
   to even. From 2^128 on, beyond every f32, values are written as by
   rv_text_debug_f64(); "NaN", "inf", "-inf" for what is not finite.
*/
RV_API size_t rv_text_fixed(char *out, double value, uint32_t n_decimals);

/// value / 10^n_decimals, n_decimals 0..18, written with all its places: -1234, 2 ->
/// -12.34
RV_API size_t rv_text_decimal(char *out, int64_t value, uint32_t n_decimals);

RV_END_DECLS

#endif // RV_MATH_TEXT_H
