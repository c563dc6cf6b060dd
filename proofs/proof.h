// SPDX-License-Identifier: MIT
/**
   @file proof.h
   A proof runs a stage on an input that it makes itself and prints one digest. The same
   digest must come out of every build on every machine; the epoch file holds it.

   A proof is proofs/digest_<stage>.c with

       int
       main(int argc, char **argv)
       {
           rv_proof proof;
           rv_proof_begin(&proof, "stage", argc, argv);
           ... rv_proof_f32(&proof, array, n) ...; rv_proof_part(&proof, "name");
           return rv_proof_end(&proof);
       }

   Options of every proof: --mask M (instruction sets, math/kernels.h; 0), --reference
   FILE (compare; exit 0 same, 1 different, 2 no reference), --generate FILE (write the
   line and print before and after), --parts (a digest for each part), --all (the long
   form, where there is one).
*/
#ifndef RV_PROOFS_PROOF_H
#define RV_PROOFS_PROOF_H

#include <ruview/base/status.h>
#include <ruview/math/blake3.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *stage;
    const char *reference; ///< File to compare with, or NULL
    const char *generate;  ///< File to write, or NULL
    uint32_t    cpu_mask;
    bool        parts;
    bool        all;
    rv_blake3   whole; ///< Over the digests of the parts
    rv_blake3   part;
} rv_proof;

/// Reads the options; ends the program with 2 when they are wrong, or when this thread
/// does not compute as it must
void rv_proof_begin(rv_proof *self, const char *stage, int argc, char **argv);

/// Little-endian bytes of values, every NaN alike
void rv_proof_f32(rv_proof *self, const float *x, size_t n);
void rv_proof_f64(rv_proof *self, const double *x, size_t n);
void rv_proof_u32(rv_proof *self, const uint32_t *x, size_t n);
void rv_proof_bytes(rv_proof *self, const void *data, size_t n_bytes);

/// Memory for a stage, aligned to 64, never freed; a proof that cannot go on aborts
void *rv_proof_memory(size_t n_bytes);
void  rv_proof_must(rv_status status);

/// Ends a part
void rv_proof_part(rv_proof *self, const char *name);

/// Prints "stage digest" and returns the exit code
int rv_proof_end(rv_proof *self);

#endif // RV_PROOFS_PROOF_H
