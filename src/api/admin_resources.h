/* The handlers and shapes of what operators see and do, /api/admin/…; as api/resources.h. */
#ifndef API_ADMIN_RESOURCES_H
#define API_ADMIN_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* webhook_admin.c */
void webhooks_list(struct api_request *request);
void webhooks_get(struct api_request *request);
void webhooks_replay(struct api_request *request);
void webhooks_replay_failed(struct api_request *request);
extern const struct shape webhooks_query_shape, webhooks_shape, webhook_event_shape;
extern const struct shape webhooks_replayed_shape, webhooks_replay_query_shape;

/* dunning.c */
void dunning_list(struct api_request *request);
void dunning_pause(struct api_request *request);
void dunning_resume(struct api_request *request);
void dunning_extend(struct api_request *request);
void dunning_retry(struct api_request *request);
void dunning_write_off(struct api_request *request);
extern const struct shape dunning_query_shape, dunning_cases_shape, dunning_case_shape;
extern const struct shape dunning_reason_shape, dunning_extend_shape;

/* transfer.c */
void billing_terms_put_in_force(struct api_request *request);
extern const struct shape billing_terms_shape, billing_terms_in_shape;

/* money_back.c */
void refunds_create(struct api_request *request);
void credit_notes_create(struct api_request *request);
extern const struct shape refund_shape, refund_in_shape, credit_note_shape, credit_note_in_shape;

/* customer_search.c */
void customers_find(struct api_request *request);
extern const struct shape customer_search_shape, customer_lines_shape;

/* keyring.c */
void keyring_get(struct api_request *request);
void keyring_rotate_post(struct api_request *request);
extern const struct shape keyring_shape, keyring_rotate_shape;

/* reconciliations.c */
void reconciliations_begin(struct api_request *request);
void reconciliations_get(struct api_request *request);
void reconciliations_list(struct api_request *request);
void differences_list(struct api_request *request);
void reconciliations_cancel(struct api_request *request);
extern const struct shape reconciliation_shape, reconciliations_shape, reconciliation_begin_shape;
extern const struct shape differences_shape, differences_query_shape;

/* lease_admin.c */
void leases_policy_get(struct api_request *request);
void leases_policy_put(struct api_request *request);
void leases_reclaim(struct api_request *request);
extern const struct shape lease_policy_shape, lease_policy_in_shape;
extern const struct shape lease_reclaim_shape, lease_reclaimed_shape;

/* charging.c */
void charging_get(struct api_request *request);
void charging_release(struct api_request *request);
void parked_list(struct api_request *request);
void parked_release_post(struct api_request *request);
extern const struct shape charging_shape, release_reason_shape, parked_page_shape;

/* audit.c */
void audit_list(struct api_request *request);
void audit_export(struct api_request *request);
void audit_checkpoints_list(struct api_request *request);
extern const struct shape audit_query_shape, audit_rows_shape, audit_export_query_shape;
extern const struct shape audit_checkpoints_shape;
/* The rows that the query (audit_query_shape) asks for; false, with a reply, when its cursor is no
 * page's. */
struct audit_filter;
MUST_USE bool audit_filter_read(struct api_request *request, struct audit_filter *ret_filter);

/* audit_verify.c */
void audit_verification_get(struct api_request *request);
void audit_proof_get(struct api_request *request);
extern const struct shape audit_verification_shape;

/* audit_looks.c */
void audit_looks_begin(struct api_request *request);
void audit_looks_list(struct api_request *request);
void audit_looks_get(struct api_request *request);
void audit_looks_cancel(struct api_request *request);
extern const struct shape audit_look_shape, audit_looks_shape;

/* mail_templates.c */
void mail_templates_list(struct api_request *request);
void mail_templates_show(struct api_request *request);
extern const struct shape mail_templates_query_shape, mail_templates_shape, mail_template_shape;

/* mail_test.c */
void mail_test_post(struct api_request *request);
extern const struct shape mail_test_in_shape, mail_test_shape;

/* reports.c */
void csp_reports_list(struct api_request *request);
extern const struct shape csp_report_shape, csp_reports_shape;

/* pci.c */
void pci_get(struct api_request *request);
void pci_scan(struct api_request *request);
extern const struct shape pci_shape;

/* settings.c */
void settings_list(struct api_request *request);
void roles_list(struct api_request *request);
extern const struct shape settings_shape, roles_shape;

#endif
