/* What each command does, for the table in commands.c. All give the exit status. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/command.h"

int run_serve(struct cli *cli, const struct args *args);
int run_demo(struct cli *cli, const struct args *args);
int run_simulate(struct cli *cli, const struct args *args);
int run_sandbox(struct cli *cli, const struct args *args);
int run_keys_create(struct cli *cli, const struct args *args);
int run_keys_list(struct cli *cli, const struct args *args);
int run_keys_revoke(struct cli *cli, const struct args *args);
int run_keys_rotate(struct cli *cli, const struct args *args);
int run_import_access_log(struct cli *cli, const struct args *args);
int run_backup(struct cli *cli, const struct args *args);
int run_restore(struct cli *cli, const struct args *args);
int run_rebuild_usage(struct cli *cli, const struct args *args);
int run_reconcile(struct cli *cli, const struct args *args);
int run_revenue_rebuild(struct cli *cli, const struct args *args);
int run_keyring_status(struct cli *cli, const struct args *args);
int run_keyring_rotate(struct cli *cli, const struct args *args);
int run_explain(struct cli *cli, const struct args *args);
int run_pci_check(struct cli *cli, const struct args *args);
int run_outbox_list(struct cli *cli, const struct args *args);
int run_outbox_show(struct cli *cli, const struct args *args);
int run_approvals_list(struct cli *cli, const struct args *args);
int run_approvals_show(struct cli *cli, const struct args *args);
int run_webhooks_list(struct cli *cli, const struct args *args);
int run_webhooks_deliveries(struct cli *cli, const struct args *args);
int run_webhooks_replay(struct cli *cli, const struct args *args);
int run_audit_verify(struct cli *cli, const struct args *args);
int run_audit_consistency(struct cli *cli, const struct args *args);
int run_audit_prove(struct cli *cli, const struct args *args);
int run_audit_keys(struct cli *cli, const struct args *args);
int run_audit_export(struct cli *cli, const struct args *args);
int run_access_reviews_list(struct cli *cli, const struct args *args);
int run_access_reviews_show(struct cli *cli, const struct args *args);
int run_evidence_create(struct cli *cli, const struct args *args);
int run_evidence_list(struct cli *cli, const struct args *args);
int run_evidence_download(struct cli *cli, const struct args *args);
int run_evidence_verify(struct cli *cli, const struct args *args);
int run_retention_schedule(struct cli *cli, const struct args *args);
int run_retention_plan(struct cli *cli, const struct args *args);
int run_retention_show(struct cli *cli, const struct args *args);
int run_retention_purge(struct cli *cli, const struct args *args);
int run_retention_holds(struct cli *cli, const struct args *args);
int run_retention_hold(struct cli *cli, const struct args *args);
int run_retention_release(struct cli *cli, const struct args *args);
int run_version(struct cli *cli, const struct args *args);

#endif
