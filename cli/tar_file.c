// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/tar_file.h"

#include <ruview/publish/home_assistant.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { block = 512, n_checksum = 8, at_checksum = 148, at_size = 124 };

static unsigned
checksum(const unsigned char header[block])
{
    unsigned sum = 0;
    for (int i = 0; i < block; ++i) {
        const bool is_sum = i >= at_checksum && i < at_checksum + n_checksum;
        sum += is_sum ? ' ' : header[i];
    }
    return sum;
}

static bool
copy(FILE *const from, FILE *const to, uint64_t bytes)
{
    char buffer[1 << 16];
    while (bytes > 0) {
        const size_t want = bytes < sizeof buffer ? (size_t)bytes : sizeof buffer;
        const size_t got  = fread(buffer, 1, want, from);
        if (got == 0 || fwrite(buffer, 1, got, to) != got) {
            return false;
        }
        bytes -= got;
    }
    return true;
}

bool
rv_tar_put(FILE *const tar, const char *const name, FILE *const from,
           const uint64_t bytes)
{
    char              header[block + 1] = {0};
    static const char zeros[block];
    if (strlen(name) >= RV_TAR_NAME || bytes >= UINT64_C(1) << 33) {
        return false;
    }
    strcpy(header, name);
    memcpy(header + 100, "0000644", 8);
    memcpy(header + 108, "0000000", 8);
    memcpy(header + 116, "0000000", 8);
    snprintf(header + at_size, 13, "%011llo", (unsigned long long)bytes);
    snprintf(header + 136, 13, "%011o", 0U);
    header[156] = '0';
    memcpy(header + 257, "ustar\00000", 8);
    snprintf(header + at_checksum, n_checksum, "%06o",
             checksum((const unsigned char *)header));
    header[at_checksum + 7] = ' ';
    const size_t rest       = (size_t)(bytes % block);
    return fwrite(header, 1, block, tar) == block && copy(from, tar, bytes) &&
           (rest == 0 || fwrite(zeros, 1, block - rest, tar) == block - rest);
}

bool
rv_tar_end(FILE *const tar)
{
    static const char zeros[2 * block];
    return fwrite(zeros, 1, sizeof zeros, tar) == sizeof zeros;
}

static bool
unpack_one(FILE *const tar, const char header[block], const int folder)
{
    char        name[RV_TAR_NAME] = {0};
    char        size[13]          = {0};
    static char skipped[block];
    char       *end;
    memcpy(name, header, RV_TAR_NAME - 1);
    memcpy(size, header + at_size, 12);
    const uint64_t bytes = strtoull(size, &end, 8);
    if (!rv_is_safe_id(name) || end == size ||
        strtoul(header + at_checksum, NULL, 8) !=
            checksum((const unsigned char *)header)) {
        return false;
    }
    const int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    FILE *const to = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!to) {
        return false;
    }
    const bool   copied = copy(tar, to, bytes);
    const size_t rest   = (size_t)(bytes % block);
    return (fclose(to) == 0) && copied &&
           (rest == 0 || fread(skipped, 1, block - rest, tar) == block - rest);
}

bool
rv_tar_unpack(FILE *const tar, const char *const folder)
{
    char      header[block];
    const int where = open(folder, O_RDONLY | O_DIRECTORY);
    bool      well  = where >= 0;
    while (well && fread(header, 1, block, tar) == block && header[0] != '\0') {
        well = unpack_one(tar, header, where);
    }
    if (where >= 0) {
        close(where);
    }
    return well;
}
