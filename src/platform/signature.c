// SPDX-License-Identifier: MIT
#include "platform/signature.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rv_signer {
    EVP_PKEY *pair;
    uint8_t   key[RV_KEY_BYTES];
};

static bool
read_public(const EVP_PKEY *const pair, uint8_t key[RV_KEY_BYTES])
{
    size_t n = RV_KEY_BYTES;
    return EVP_PKEY_get_id(pair) == EVP_PKEY_ED25519 &&
           EVP_PKEY_get_raw_public_key(pair, key, &n) == 1 && n == RV_KEY_BYTES;
}

rv_status
rv_signer_open(rv_signer **const out, const char *const path)
{
    FILE *const file = fopen(path, "rb");
    if (!file) {
        return RV_ERR_IO;
    }
    rv_signer *const self = calloc(1, sizeof *self);
    if (self) {
        self->pair = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    }
    fclose(file);
    if (!self) {
        return RV_ERR_MEMORY;
    }
    if (!self->pair || !read_public(self->pair, self->key)) {
        rv_signer_close(self);
        return RV_ERR_CONFIG;
    }
    *out = self;
    return RV_OK;
}

void
rv_signer_close(rv_signer *const self)
{
    if (self) {
        EVP_PKEY_free(self->pair);
        free(self);
    }
}

rv_status
rv_signature_read_key(const char *const path, uint8_t key[RV_KEY_BYTES])
{
    FILE *const file = fopen(path, "rb");
    if (!file) {
        return RV_ERR_IO;
    }
    EVP_PKEY *pair = PEM_read_PUBKEY(file, NULL, NULL, NULL);
    if (!pair) {
        rewind(file);
        pair = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    }
    fclose(file);
    const bool good = pair && read_public(pair, key);
    EVP_PKEY_free(pair);
    return good ? RV_OK : RV_ERR_CONFIG;
}

bool
rv_signature_holds(const uint8_t key[RV_KEY_BYTES], const uint8_t *const bytes,
                   const size_t n, const uint8_t signature[RV_SIGNATURE_BYTES])
{
    EVP_PKEY *const pair =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, RV_KEY_BYTES);
    EVP_MD_CTX *const context = EVP_MD_CTX_new();
    const bool        good =
        pair && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pair) == 1 &&
        EVP_DigestVerify(context, signature, RV_SIGNATURE_BYTES, bytes, n) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pair);
    return good;
}

static bool
sign(const rv_signer *const self, const uint8_t *const bytes, const size_t n,
     uint8_t signature[RV_SIGNATURE_BYTES])
{
    size_t            size    = RV_SIGNATURE_BYTES;
    EVP_MD_CTX *const context = EVP_MD_CTX_new();
    const bool        good    = context &&
                      EVP_DigestSignInit(context, NULL, NULL, NULL, self->pair) == 1 &&
                      EVP_DigestSign(context, signature, &size, bytes, n) == 1 &&
                      size == RV_SIGNATURE_BYTES;
    EVP_MD_CTX_free(context);
    return good;
}

rv_attested
rv_attested_make(const rv_attestation *const entry, const rv_signer *const signer)
{
    rv_attested made = {.entry = *entry};
    if (signer) {
        made.is_signed = sign(signer, entry->hash, sizeof entry->hash, made.signature);
        memcpy(made.key, signer->key, sizeof made.key);
    }
    return made;
}

bool
rv_attested_follow(rv_attested_check *const self, const rv_attested *const next,
                   const uint8_t *const key)
{
    rv_attestation again   = next->entry;
    const bool     follows = rv_attest(&self->head, &again) == RV_OK &&
                         again.target_class == next->entry.target_class &&
                         memcmp(again.core, next->entry.core, sizeof again.core) == 0 &&
                         memcmp(again.hash, next->entry.hash, sizeof again.hash) == 0;
    const bool holds = next->is_signed
                           ? (!key || memcmp(key, next->key, RV_KEY_BYTES) == 0) &&
                                 rv_signature_holds(next->key, again.hash,
                                                    sizeof again.hash, next->signature)
                           : key == NULL;
    self->bad        = self->bad || !follows || !holds;
    if (next->is_signed && !self->bad) {
        ++self->n_signed;
        memcpy(self->key, next->key, sizeof self->key);
    }
    return !self->bad;
}
