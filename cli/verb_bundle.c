// SPDX-License-Identifier: MIT
// ruview bundle: everything that somebody else needs to check a run.
#define _GNU_SOURCE
#include "cli/recompute.h"
#include "cli/tar_file.h"
#include "cli/verb.h"
#include "platform/run_log.h"

#include <ruview/base/version.h>
#include <ruview/math/blake3.h>

#include <dirent.h>
#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: ruview bundle RECORDING -o FILE.tar\n"
    "       ruview bundle --check FILE.tar\n\n"
    "Packs a recording with its configuration, witness log, a digest of every stage "
    "of\n"
    "every cycle, and a manifest with the hash of each file, into one archive. "
    "Whoever\n"
    "has it runs --check on any machine: it recomputes the run and compares every "
    "byte\n"
    "that was published.\n\n"
    "  -o, --output FILE   the archive; must not exist\n"
    "  -w, --witness LOG   another witness log than RECORDING.witness.jsonl\n"
    "      --check         check an archive\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 packed or the same, 1 different or damaged, 2 cannot tell.\n";

static const char readme[] =
    "A run of RuView, to be checked by anybody:\n\n"
    "    ruview bundle --check THIS.tar\n\n"
    "recomputes it from recording.* and compares every cycle with witness.jsonl and "
    "every\n"
    "stage with digests.jsonl. manifest.json lists the BLAKE3 hash of each file "
    "(b3sum)\n"
    "and the digests of configuration, calibration and model that the run started "
    "from.\n"
    "The recording is pcapng: Wireshark and tcpdump read it.\n";

enum { PATH = 4096, n_files_most = 8 };

/// One file of the bundle
typedef struct {
    const char *name;
    FILE       *file;
    uint64_t    bytes;
    char        hash[2 * RV_BLAKE3_BYTES + 1];
} part;

static bool
measure(part *const p)
{
    uint8_t   buffer[1 << 14], digest[RV_BLAKE3_BYTES];
    rv_blake3 hash;
    rv_blake3_init(&hash);
    p->bytes = 0;
    rewind(p->file);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, p->file)) > 0; p->bytes += n) {
        rv_blake3_update(&hash, buffer, n);
    }
    rv_blake3_final(&hash, digest);
    for (int i = 0; i < RV_BLAKE3_BYTES; ++i) {
        snprintf(p->hash + 2 * i, 3, "%02x", digest[i]);
    }
    rewind(p->file);
    return !ferror(p->file);
}

static json_t *
hex(const uint8_t digest[RV_DIGEST_BYTES])
{
    char text[2 * RV_DIGEST_BYTES + 1];
    for (int i = 0; i < RV_DIGEST_BYTES; ++i) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    return json_string(text);
}

static json_t *
make_manifest(const rv_recomputed *const run, const part *const parts, const int n)
{
    uint8_t       digest[RV_DIGEST_BYTES];
    json_t *const root  = json_object();
    json_t *const files = json_array();
    rv_run_digest(&run->header, digest);
    json_object_set_new(root, "type", json_string("ruview-bundle"));
    json_object_set_new(root, "format", json_integer(1));
    json_object_set_new(root, "software", json_string(RV_VERSION));
    json_object_set_new(root, "record_format", json_integer(RV_RECORD_FORMAT));
    json_object_set_new(root, "digest_epoch", json_integer(RV_DIGEST_EPOCH));
    json_object_set_new(root, "synthetic", json_boolean(run->synthetic));
    json_object_set_new(root, "cycles", json_integer((json_int_t)run->cycles));
    json_object_set_new(root, "run", hex(digest));
    json_object_set_new(root, "config", hex(run->header.config));
    json_object_set_new(root, "calibration", hex(run->header.calibration));
    json_object_set_new(root, "model", hex(run->header.model));
    json_object_set_new(root, "privacy", hex(run->header.privacy));
    json_object_set_new(root, "last_witness", hex(run->last));
    for (int i = 0; i < n; ++i) {
        json_t *const file = json_object();
        json_object_set_new(file, "name", json_string(parts[i].name));
        json_object_set_new(file, "bytes", json_integer((json_int_t)parts[i].bytes));
        json_object_set_new(file, "blake3", json_string(parts[i].hash));
        json_array_append_new(files, file);
    }
    json_object_set_new(root, "files", files);
    return root;
}

static FILE *
file_of_text(const char *const text)
{
    FILE *const file = tmpfile();
    if (file) {
        fputs(text, file);
        rewind(file);
    }
    return file;
}

/// Says what the comparison came to; its exit code
static int
tell(const rv_recomputed *const run, const char *const path)
{
    const rv_verdict verdict = rv_verify_verdict(&run->verify);
    if (verdict == RV_VERIFY_DIFFERENT) {
        printf("%s: different at cycle %llu: %s; %llu cycles agree before it\n", path,
               (unsigned long long)run->verify.cycle,
               rv_verify_what_name(run->verify.what),
               (unsigned long long)run->verify.n_same);
    } else if (verdict == RV_VERIFY_CANNOT_TELL) {
        printf("%s: cannot tell: there is nothing to compare\n", path);
    }
    return (int)verdict;
}

static bool
write_archive(const char *const output, part *const parts, const int n)
{
    FILE *const tar  = fopen(output, "wbx");
    bool        well = tar != NULL;
    for (int i = 0; i < n && well; ++i) {
        well = rv_tar_put(tar, parts[i].name, parts[i].file, parts[i].bytes);
    }
    well = well && rv_tar_end(tar);
    if (tar) {
        well = (fclose(tar) == 0) && well;
    }
    if (!well) {
        fprintf(stderr, "ruview bundle: %s cannot be written, or exists already\n",
                output);
    }
    return well;
}

static const char *
recording_name(const char *const path)
{
    const size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".zst") == 0     ? "recording.pcapng.zst"
           : n > 6 && strcmp(path + n - 6, ".jsonl") == 0 ? "recording.jsonl"
                                                          : "recording.pcapng";
}

static int
pack(const char *const recording, const char *const log, const char *const output)
{
    rv_recomputed run;
    FILE *const   digests = tmpfile();
    if (!digests || !rv_recompute(recording, log, NULL, digests, &run)) {
        if (digests) {
            fclose(digests);
        }
        return RV_EXIT_USAGE;
    }
    int code = tell(&run, recording);
    if (code != RV_EXIT_OK) {
        fputs("ruview bundle: what does not verify is not packed\n", stderr);
        fclose(digests);
        free(run.config);
        return code;
    }
    part parts[n_files_most] = {
        {.name = "README.txt", .file = file_of_text(readme)},
        {.name = "config.yaml", .file = file_of_text(run.config ? run.config : "")},
        {.name = recording_name(recording), .file = fopen(recording, "rb")},
        {.name = "witness.jsonl", .file = fopen(log, "rb")},
        {.name = "digests.jsonl", .file = digests},
    };
    int  n    = 5;
    bool well = true;
    for (int i = 0; i < n; ++i) {
        well = well && parts[i].file && measure(&parts[i]);
    }
    json_t *const manifest = make_manifest(&run, parts, n);
    char *const   text     = json_dumps(manifest, JSON_INDENT(1));
    parts[n].name          = "manifest.json";
    parts[n].file          = text ? file_of_text(text) : NULL;
    well                   = well && parts[n].file && measure(&parts[n]);
    ++n;
    well = well && write_archive(output, parts, n);
    for (int i = 0; i < n; ++i) {
        if (parts[i].file) {
            fclose(parts[i].file);
        }
    }
    if (well) {
        printf("%s: %llu cycles, last witness %s\n", output,
               (unsigned long long)run.cycles,
               json_string_value(json_object_get(manifest, "last_witness")));
    }
    free(text);
    free(run.config);
    json_decref(manifest);
    return well ? RV_EXIT_OK : RV_EXIT_USAGE;
}

// ---- checking

static bool
join(char out[PATH], const char *const folder, const char *const name)
{
    return name && snprintf(out, PATH, "%s/%s", folder, name) < PATH;
}

/// Every file listed is there with its hash; the recording's name comes out
static bool
check_files(const json_t *const manifest, const char *const folder,
            const char **const recording)
{
    const json_t *const files = json_object_get(manifest, "files");
    for (size_t i = 0; i < json_array_size(files); ++i) {
        const json_t *const file = json_array_get(files, i);
        const char *const   name = json_string_value(json_object_get(file, "name"));
        const char *const   hash = json_string_value(json_object_get(file, "blake3"));
        char                path[PATH];
        part                p = {.name = name};
        p.file                = join(path, folder, name) ? fopen(path, "rb") : NULL;
        const bool well = p.file && measure(&p) && hash && strcmp(hash, p.hash) == 0;
        if (p.file) {
            fclose(p.file);
        }
        if (!well) {
            printf("%s is missing or was changed\n", name ? name : "a file");
            return false;
        }
        if (strncmp(name, "recording.", 10) == 0) {
            *recording = name;
        }
    }
    return *recording != NULL;
}

/// The recomputed digest table against the one inside, byte for byte
static bool
same_bytes(FILE *const ours, const char *const path)
{
    FILE *const theirs = fopen(path, "rb");
    uint64_t    line   = 1;
    int         a, b;
    rewind(ours);
    if (!theirs) {
        return false;
    }
    do {
        a = getc(ours);
        b = getc(theirs);
        line += a == '\n';
    } while (a == b && a != EOF);
    fclose(theirs);
    if (a != b) {
        printf("digests.jsonl differs in line %llu\n", (unsigned long long)line);
    }
    return a == b;
}

static bool
same_claims(const json_t *const manifest, const rv_recomputed *const run)
{
    static const char *const keys[] = {"config", "calibration", "model", "privacy",
                                       "last_witness"};
    const uint8_t *const     ours[] = {run->header.config, run->header.calibration,
                                       run->header.model, run->header.privacy, run->last};
    for (int i = 0; i < 5; ++i) {
        uint8_t theirs[RV_DIGEST_BYTES];
        if (!rv_parse_hex(json_string_value(json_object_get(manifest, keys[i])), theirs,
                          RV_DIGEST_BYTES) ||
            memcmp(theirs, ours[i], RV_DIGEST_BYTES) != 0) {
            printf("manifest.json claims another %s\n", keys[i]);
            return false;
        }
    }
    return json_integer_value(json_object_get(manifest, "cycles")) ==
           (json_int_t)run->cycles;
}

static int
check_folder(const char *const path, const char *const folder)
{
    char          manifest_path[PATH], recording_path[PATH], log[PATH], table[PATH];
    const char   *recording = NULL;
    rv_recomputed run;
    json_t *const manifest = join(manifest_path, folder, "manifest.json")
                                 ? json_load_file(manifest_path, 0, NULL)
                                 : NULL;
    if (!manifest) {
        printf("%s: no manifest in it\n", path);
        return RV_EXIT_USAGE;
    }
    int         code    = RV_EXIT_NEGATIVE;
    FILE *const digests = tmpfile();
    if (digests && check_files(manifest, folder, &recording) &&
        join(recording_path, folder, recording) && join(log, folder, "witness.jsonl") &&
        join(table, folder, "digests.jsonl")) {
        code = rv_recompute(recording_path, log, NULL, digests, &run) ? tell(&run, path)
                                                                      : RV_EXIT_USAGE;
        if (code == RV_EXIT_OK &&
            (!same_bytes(digests, table) || !same_claims(manifest, &run))) {
            code = RV_EXIT_NEGATIVE;
        }
        if (code == RV_EXIT_OK) {
            printf("%s: same, %llu cycles, every file, witness and stage digest\n",
                   path, (unsigned long long)run.cycles);
        }
        free(run.config);
    }
    if (digests) {
        fclose(digests);
    }
    json_decref(manifest);
    return code;
}

static void
remove_folder(const char *const folder)
{
    DIR *const dir = opendir(folder);
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        if (e->d_name[0] != '.') {
            (void)!unlinkat(dirfd(dir), e->d_name, 0);
        }
    }
    if (dir) {
        closedir(dir);
    }
    rmdir(folder);
}

static int
check(const char *const path)
{
    const char *const where = getenv("TMPDIR");
    char              folder[PATH];
    FILE *const       tar = fopen(path, "rb");
    if (!tar) {
        fprintf(stderr, "ruview bundle: %s cannot be opened; check the path\n", path);
        return RV_EXIT_USAGE;
    }
    snprintf(folder, sizeof folder, "%s/ruview-bundle-XXXXXX", where ? where : "/tmp");
    if (!mkdtemp(folder)) {
        fclose(tar);
        return RV_EXIT_USAGE;
    }
    int code = RV_EXIT_NEGATIVE;
    if (rv_tar_unpack(tar, folder)) {
        code = check_folder(path, folder);
    } else {
        printf("%s: damaged, or no bundle\n", path);
    }
    fclose(tar);
    remove_folder(folder);
    return code;
}

int
rv_verb_bundle(const int argc, char **const argv)
{
    static const struct option options[] = {{"output", required_argument, NULL, 'o'},
                                            {"witness", required_argument, NULL, 'w'},
                                            {"check", no_argument, NULL, 'k'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char                *output = NULL, *witness = NULL;
    bool                       only_check = false;
    for (int c; (c = getopt_long(argc, argv, "o:w:h", options, NULL)) != -1;) {
        switch (c) {
        case 'o':
            output = optarg;
            break;
        case 'w':
            witness = optarg;
            break;
        case 'k':
            only_check = true;
            break;
        case 'h':
            fputs(help, stdout);
            return RV_EXIT_OK;
        default:
            return rv_misused("bundle", NULL);
        }
    }
    if (optind + 1 != argc || only_check == (output != NULL)) {
        return rv_misused("bundle",
                          "one RECORDING, and -o FILE.tar or --check, are needed");
    }
    if (only_check) {
        return check(argv[optind]);
    }
    char beside[PATH];
    snprintf(beside, sizeof beside, "%s.witness.jsonl", argv[optind]);
    return pack(argv[optind], witness ? witness : beside, output);
}
