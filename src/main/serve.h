/* The commands that run a server: hooks of the command line. */
#ifndef MAIN_SERVE_H
#define MAIN_SERVE_H

#include "cli/cli.h"

MUST_USE struct err serve_run(struct cx *cx, const struct serve_options *options);
MUST_USE struct err demo_run(struct cx *cx, const struct serve_options *options);
MUST_USE struct err sandbox_run(struct cx *cx, const struct cli_sandbox *options);
MUST_USE struct err backup_run(struct cx *cx, const struct cli_backup *options,
                               struct cli_backup_report *ret_report);
MUST_USE struct err restore_run(struct cx *cx, const struct cli_backup *options,
                                struct cli_backup_report *ret_report);
MUST_USE struct err restore_drill_run(struct cx *cx, const struct cli_backup *options,
                                      struct cli_backup_report *ret_report);
MUST_USE struct err rebuild_usage_run(struct cx *cx, const struct cli_rebuild *options,
                                      struct cli_rebuild_report *ret_report);
MUST_USE struct err with_server_run(struct cx *cx, const char *data_dir, cli_with_server *run,
                                    void *context);

/* cli_hooks.simulate */
MUST_USE struct err simulate_run(struct cx *cx, const struct cli_simulate *options,
                                 struct cli_simulate_report *ret_report);

/* cli_hooks.audit_… */
MUST_USE struct err audit_verify_run(struct cx *cx, const struct cli_audit *options,
                                     struct cli_audit_report *ret_report);
MUST_USE struct err audit_check_run(struct cx *cx, const struct cli_audit *options,
                                    struct str *ret_shown);
MUST_USE struct err audit_consistency_run(struct cx *cx, const struct cli_audit *options,
                                          struct str *ret_text);
MUST_USE struct err audit_prove_run(struct cx *cx, const struct cli_audit *options,
                                    struct str *ret_text);
MUST_USE struct err audit_keys_run(struct cx *cx, const struct cli_audit *options,
                                   struct str *ret_text);
MUST_USE struct err audit_export_run(struct cx *cx, const struct cli_audit *options);
MUST_USE struct err evidence_verify_run(struct cx *cx, const struct cli_evidence *options,
                                        struct cli_evidence_report *ret_report);

#endif
