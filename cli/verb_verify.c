// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/recompute.h"
#include "cli/verb.h"
#include "platform/signature.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: ruview verify [--witness LOG] [--key PUBLIC.pem] RECORDING\n\n"
    "Recompute a run from its recording and compare every cycle with the witness log\n"
    "beside it (RECORDING.witness.jsonl). One changed bit of input, configuration or\n"
    "published record is found, and the cycle is named. So is a decision about "
    "privacy\n"
    "that is not the one taken, or whose signature does not hold.\n\n"
    "  -w, --witness LOG   another log\n"
    "  -k, --key FILE      every decision about privacy must be signed by this Ed25519 "
    "key\n"
    "                      (PEM)\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 the same, 1 different or damaged, 2 cannot tell.\n";

static void
print_signer(const rv_recomputed *const run)
{
    printf("privacy: %llu decisions, %llu of them signed",
           (unsigned long long)run->n_attested, (unsigned long long)run->n_signed);
    if (run->n_signed > 0) {
        fputs(" by ", stdout);
        for (int i = 0; i < RV_KEY_BYTES; ++i) {
            printf("%02x", run->key[i]);
        }
    }
    putchar('\n');
}

static int
tell(const rv_recomputed *const run, const char *const path)
{
    const rv_verify *const found   = &run->verify;
    const rv_verdict       verdict = rv_verify_verdict(found);
    if (verdict == RV_VERIFY_SAME) {
        printf("%s: same, %llu cycles\n", path, (unsigned long long)found->n_same);
        print_signer(run);
    } else if (verdict == RV_VERIFY_DIFFERENT) {
        printf("%s: different at cycle %llu: %s; %llu cycles agree before it\n", path,
               (unsigned long long)found->cycle, rv_verify_what_name(found->what),
               (unsigned long long)found->n_same);
    } else {
        printf("%s: cannot tell: there is nothing to compare\n", path);
    }
    return (int)verdict;
}

static int
verify(const char *const path, const char *const log_path, const uint8_t *const key)
{
    rv_recomputed result;
    if (!rv_recompute(path, log_path, key, NULL, &result)) {
        return RV_EXIT_USAGE;
    }
    free(result.config);
    return tell(&result, path);
}

int
rv_verb_verify(const int argc, char **const argv)
{
    static const struct option options[] = {{"witness", required_argument, NULL, 'w'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char                *log = NULL, *key_file = NULL;
    uint8_t                    key[RV_KEY_BYTES];
    for (int c; (c = getopt_long(argc, argv, "w:k:h", options, NULL)) != -1;) {
        if (c == 'h') {
            fputs(help, stdout);
            return RV_EXIT_OK;
        }
        if (c == 'w') {
            log = optarg;
        } else if (c == 'k') {
            key_file = optarg;
        } else {
            return rv_misused("verify", NULL);
        }
    }
    if (optind + 1 != argc) {
        return rv_misused("verify", "one RECORDING is needed");
    }
    if (key_file && rv_signature_read_key(key_file, key) != RV_OK) {
        fprintf(stderr, "ruview verify: %s is no Ed25519 key in PEM\n", key_file);
        return RV_EXIT_USAGE;
    }
    const char *const path = argv[optind];
    if (access(path, R_OK) != 0) {
        fprintf(stderr, "ruview verify: %s: %s\n", path, strerror(errno));
        return RV_EXIT_USAGE;
    }
    const size_t n    = strlen(path) + sizeof ".witness.jsonl";
    char *const  side = malloc(n);
    if (!side) {
        return RV_EXIT_USAGE;
    }
    snprintf(side, n, "%s.witness.jsonl", path);
    const int code = verify(path, log ? log : side, key_file ? key : NULL);
    free(side);
    return code;
}
