/* The program: the operating system as its world, and the command line in charge. */
#include <sodium.h>

#include "base/env.h"
#include "main/serve.h"

enum { COMMAND_MEMORY_MAX = 1024 * 1024 * 1024 };

int main(int argc, char **argv) {
    static const struct cli_hooks hooks = {
        .serve = serve_run,
        .demo = demo_run,
        .sandbox = sandbox_run,
        .with_server = with_server_run,
        .backup = backup_run,
        .restore = restore_run,
        .restore_drill = restore_drill_run,
        .rebuild_usage = rebuild_usage_run,
        .audit_verify = audit_verify_run,
        .audit_check = audit_check_run,
        .audit_consistency = audit_consistency_run,
        .audit_prove = audit_prove_run,
        .audit_keys = audit_keys_run,
        .audit_export = audit_export_run,
        .evidence_verify = evidence_verify_run,
        .simulate = simulate_run,
    };
    struct env env;
    struct arena arena;
    struct cx cx;
    if (sodium_init() < 0) {
        return CLI_FAILED;
    }
    env_posix_forbid_dumps();
    env_posix_keep_memory();
    env_posix_init(&env);
    arena_init(&arena, &env, COMMAND_MEMORY_MAX);
    cx_init(&cx, &env, &arena);
    int status = cli_main(&hooks, &cx, argc, argv);
    arena_finish(&arena);
    return status;
}
