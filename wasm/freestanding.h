// SPDX-License-Identifier: MIT
/**
   @file freestanding.h
   What a wasm module without a C library brings along, and how it names its doors.
*/
#ifndef RV_WASM_FREESTANDING_H
#define RV_WASM_FREESTANDING_H

#include <stddef.h>

#ifdef __wasm__
#define RV_EXPORT(name) __attribute__((export_name(#name)))
#define RV_IMPORT(name) __attribute__((import_module("ruview"), import_name(#name)))
#else
#define RV_EXPORT(name)
#define RV_IMPORT(name)
#endif

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int   memcmp(const void *one, const void *other, size_t n);

#endif // RV_WASM_FREESTANDING_H
