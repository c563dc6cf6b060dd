// SPDX-License-Identifier: MIT
// ruview mode: what a running ruview may show, and changing it.
#define _GNU_SOURCE
#include "cli/http_client.h"
#include "cli/verb.h"

#include <ruview/base/reason.h>
#include <ruview/trust/attestation.h>
#include <ruview/trust/names.h>

#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: ruview mode [OPTIONS] [MODE]\n\n"
    "Shows the privacy mode of a running ruview, or changes it. MODE: raw_research,\n"
    "private_home, enterprise_anonymous, care_with_consent, strict_no_identity. A\n"
    "stricter mode holds from the next cycle on; a laxer one too, unless the evidence\n"
    "is weak. To relax anything the server must have a token. The change is kept on\n"
    "the chain that ruview verify and ruview history --check follow.\n\n"
    "      --consent WHAT   what the persons agreed to: none, vitals, full\n"
    "      --reload         let it read its configuration file again\n"
    "      --url URL        where it runs (http://127.0.0.1:8080)\n"
    "      --token-file F   its token (or RUVIEW_API_TOKEN)\n"
    "  -h, --help           this text\n\n"
    "Exit codes: 0 done, 1 refused, 2 wrong usage or no answer.\n";

enum { answer_room = 1 << 14, body_room = 160, tries = 40 };

static const char path[] = "/api/v1/privacy/mode";

typedef struct {
    const char *url, *mode, *consent;
    bool        reload;
    char        token[258];
} wish;

static const char *
token_of(const wish *const w)
{
    return w->token[0] ? w->token : NULL;
}

static bool
read_token(wish *const w, const char *const file_name)
{
    const char *const in_environment = getenv("RUVIEW_API_TOKEN");
    if (!file_name) {
        snprintf(w->token, sizeof w->token, "%s", in_environment ? in_environment : "");
        return true;
    }
    FILE *const file = fopen(file_name, "r");
    const bool  good = file && fgets(w->token, sizeof w->token, file);
    if (file) {
        fclose(file);
    }
    w->token[strcspn(w->token, "\r\n")] = '\0';
    if (!good) {
        fprintf(stderr, "ruview mode: token file %s cannot be read\n", file_name);
    }
    return good;
}

static const char *
text_of(const json_t *const root, const char *const key)
{
    const char *const text = json_string_value(json_object_get(root, key));
    return text ? text : "unknown";
}

/// Asks until the mode is there, for two seconds; 0 when there is no answer
static bool
is_or_any(const char *const text, const char *const wanted)
{
    return !wanted || strcmp(text, wanted) == 0;
}

/// The name of a reason, and its sentence
static void
print_why(const char *const name)
{
    printf(", tightened: %s", name);
    for (int i = 0; i < RV_REASON_COUNT; ++i) {
        if (strcmp(rv_reason_name((rv_reason)i), name) == 0) {
            printf(" (%s)", rv_reason_text((rv_reason)i));
        }
    }
    fputs("; relaxes when 30 s were good", stdout);
}

static int
show(const wish *const w)
{
    char answer[answer_room];
    int  code = 0;
    bool done = false;
    for (int i = 0; i < tries && !done; ++i) {
        code =
            rv_http_ask(w->url, "GET", path, token_of(w), NULL, answer, sizeof answer);
        json_t *const root = code == 200 ? json_loads(answer, 0, NULL) : NULL;
        done = code != 200 || (is_or_any(text_of(root, "mode"), w->mode) &&
                               is_or_any(text_of(root, "consent"), w->consent));
        if (root && (done || i + 1 == tries)) {
            printf("mode %s, class %s, consent %s", text_of(root, "mode"),
                   text_of(root, "class"), text_of(root, "consent"));
            if (json_is_true(json_object_get(root, "demoted"))) {
                print_why(text_of(root, "reason"));
            }
            putchar('\n');
        }
        json_decref(root);
        if (!done) {
            nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        }
    }
    return done ? code : 0;
}

static int
tell(const int code, const char *const answer)
{
    json_t *const root = json_loads(answer, 0, NULL);
    fprintf(stderr, "ruview mode: refused (%d): %s\n", code, text_of(root, "message"));
    json_decref(root);
    return RV_EXIT_NEGATIVE;
}

static int
change(const wish *const w)
{
    char        body[body_room], answer[answer_room];
    const char *to = w->reload ? "/api/v1/config/reload" : path;
    snprintf(body, sizeof body, "{%s%s%s%s%s%s%s}", w->mode ? "\"mode\":\"" : "",
             w->mode ? w->mode : "", w->mode ? "\"" : "",
             w->mode && w->consent ? "," : "", w->consent ? "\"consent\":\"" : "",
             w->consent ? w->consent : "", w->consent ? "\"" : "");
    const int code = rv_http_ask(w->url, "POST", to, token_of(w),
                                 w->reload ? NULL : body, answer, sizeof answer);
    if (code == 0) {
        return RV_EXIT_USAGE;
    }
    return code < 300 ? RV_EXIT_OK : tell(code, answer);
}

static bool
is_valid(const wish *const w)
{
    rv_privacy_mode mode;
    bool            known = !w->consent;
    for (int i = 0; i < RV_CONSENT_COUNT && !known; ++i) {
        known = strcmp(w->consent, rv_consent_name((rv_consent)i)) == 0;
    }
    const char *const wrong = !known ? "--consent takes none, vitals or full"
                              : w->mode && rv_mode_parse(w->mode, &mode) != RV_OK
                                  ? "there is no such MODE"
                              : w->reload && (w->mode || w->consent)
                                  ? "--reload takes neither mode nor consent"
                                  : NULL;
    if (wrong) {
        (void)rv_misused("mode", wrong);
        return false;
    }
    return true;
}

int
rv_verb_mode(const int argc, char **const argv)
{
    static const struct option options[] = {
        {"consent", required_argument, NULL, 'c'},
        {"reload", no_argument, NULL, 'r'},
        {"url", required_argument, NULL, 'u'},
        {"token-file", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    wish        w          = {.url = "http://127.0.0.1:8080"};
    const char *token_file = NULL;
    for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            w.consent = optarg;
            break;
        case 'r':
            w.reload = true;
            break;
        case 'u':
            w.url = optarg;
            break;
        case 't':
            token_file = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return RV_EXIT_OK;
        default:
            return rv_misused("mode", NULL);
        }
    }
    w.mode = optind < argc ? argv[optind] : NULL;
    if (argc - optind > 1) {
        return rv_misused("mode", "one MODE at a time");
    }
    if (!is_valid(&w) || !read_token(&w, token_file)) {
        return RV_EXIT_USAGE;
    }
    const int changed = w.mode || w.consent || w.reload ? change(&w) : (int)RV_EXIT_OK;
    if (changed != RV_EXIT_OK) {
        return changed;
    }
    const int code = show(&w);
    return code == 200   ? RV_EXIT_OK
           : code == 401 ? tell(code, "{\"message\":\"the token is missing or wrong\"}")
                         : RV_EXIT_USAGE;
}
