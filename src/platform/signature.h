// SPDX-License-Identifier: MIT
/**
   @file signature.h
   Ed25519 signatures over the chain of privacy decisions, by OpenSSL. What is signed is
   the 32-byte `hash` of an entry, which covers the entry and all before it.

   Source     RFC 8032, "Edwards-Curve Digital Signature Algorithm (EdDSA)", 2017: pure
              Ed25519, no context.
*/
#ifndef RV_PLATFORM_SIGNATURE_H
#define RV_PLATFORM_SIGNATURE_H

#include <ruview/trust/attestation.h>

#include <stdbool.h>

enum { RV_KEY_BYTES = 32, RV_SIGNATURE_BYTES = 64 };

typedef struct rv_signer rv_signer;

/**
   Read a private key, PEM: `openssl genpkey -algorithm ed25519 -out key.pem`.

   @return ERR_IO: the file cannot be read; ERR_CONFIG: it holds no Ed25519 private key;
           ERR_MEMORY.
*/
rv_status rv_signer_open(rv_signer **self, const char *path);
void      rv_signer_close(rv_signer *self); ///< NULL is allowed

/// A public or private key, PEM; as rv_signer_open
rv_status rv_signature_read_key(const char *path, uint8_t key[RV_KEY_BYTES]);

/// Does the signature hold for these bytes and this public key?
bool rv_signature_holds(const uint8_t key[RV_KEY_BYTES], const uint8_t *bytes, size_t n,
                        const uint8_t signature[RV_SIGNATURE_BYTES]);

/// An entry of the chain as it is kept: who signed it, if anybody
typedef struct {
    rv_attestation entry;
    bool           is_signed;
    uint8_t        key[RV_KEY_BYTES]; ///< Public
    uint8_t        signature[RV_SIGNATURE_BYTES];
} rv_attested;

/// Signed when there is a signer and it can; unsigned without one
rv_attested rv_attested_make(const rv_attestation *entry, const rv_signer *signer);

/// What a chain from a log or a database comes to
typedef struct {
    rv_attestation_head head;
    uint64_t            n_signed;
    bool                bad; ///< An entry does not follow, or a signature does not hold
    uint8_t             key[RV_KEY_BYTES]; ///< Of the newest signature
} rv_attested_check;

/**
   Check the next entry.

   @param key  Every entry must be signed by it; NULL: any key, or none.
   @return false, and for ever after, at the first entry that does not hold.
*/
bool rv_attested_follow(rv_attested_check *self, const rv_attested *next,
                        const uint8_t *key);

#endif // RV_PLATFORM_SIGNATURE_H
