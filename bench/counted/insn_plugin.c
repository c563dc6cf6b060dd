// SPDX-License-Identifier: MIT
// A plugin of the QEMU emulator (user mode, plugin API 1): counts guest instructions
// between the marks of count.c, which it sees as calls of close() with numbers that no
// descriptor has, and writes "mark<k> <instructions>" to the file in RUVIEW_COUNTS.
// The few declarations that it needs of qemu-plugin.h stand here, since distributions
// do not ship it.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef uint64_t           qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
enum { QEMU_PLUGIN_INLINE_ADD_U64 = 0 };

typedef void tb_callback(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void syscall_callback(qemu_plugin_id_t id, unsigned vcpu, int64_t number,
                              uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                              uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8);
void   qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_callback *cb);
void   qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op,
                                                void *ptr, uint64_t imm);
void   qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id, syscall_callback *cb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;
__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t   id,
                                                               const qemu_info_t *info,
                                                               int argc, char **argv);

enum { mark_base = 1000000000, close_number = 57 }; // of AArch64

static uint64_t executed, seen;
static FILE    *out;

static void
on_block(const qemu_plugin_id_t id, struct qemu_plugin_tb *const tb)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &executed,
                                             qemu_plugin_tb_n_insns(tb));
}

static void
on_syscall(const qemu_plugin_id_t id, const unsigned vcpu, const int64_t number,
           const uint64_t a1, const uint64_t a2, const uint64_t a3, const uint64_t a4,
           const uint64_t a5, const uint64_t a6, const uint64_t a7, const uint64_t a8)
{
    (void)id, (void)vcpu, (void)a2, (void)a3, (void)a4, (void)a5, (void)a6, (void)a7;
    (void)a8;
    const uint32_t mark = (uint32_t)a1;
    if (number != close_number || mark < mark_base - 2 || mark > INT32_MAX) {
        return;
    }
    if (mark >= mark_base) {
        fprintf(out, "mark%" PRIu32 " %" PRIu64 "\n", mark - mark_base,
                executed - seen);
        fflush(out);
    }
    seen = executed;
}

int
qemu_plugin_install(const qemu_plugin_id_t id, const qemu_info_t *const info,
                    const int argc, char **const argv)
{
    (void)info, (void)argc, (void)argv;
    const char *const name = getenv("RUVIEW_COUNTS");
    out                    = name ? fopen(name, "w") : stderr;
    if (!out) {
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_block);
    qemu_plugin_register_vcpu_syscall_cb(id, on_syscall);
    return 0;
}
