/* Every handler, and every shape that the route table speaks of; each lives in its resource's file.
 * Those of what a customer is billed: api/billing_resources.h. Operators': api/admin_resources.h.
 */
#ifndef API_RESOURCES_H
#define API_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/operation.h"
#include "app/take.h"

/* plans.c */
void plans_get(struct api_request *request);
extern const struct shape plans_shape;

/* estimate.c */
void estimate_get(struct api_request *request);
extern const struct shape estimate_query_shape, estimate_shape;

/* subscription.c */
void subscription_show(struct api_request *request);
void subscription_subscribe(struct api_request *request);
void subscription_cancel(struct api_request *request);
extern const struct shape subscription_shape, subscribe_shape, cancel_shape;
/* Answers with the subscription as it stands. */
void reply_subscription(struct api_request *request, int status);

/* change.c */
void subscription_change_plan(struct api_request *request);
extern const struct shape change_shape, change_query_shape, preview_shape;
bool change_only_asks(const struct api_request *request);

/* operation.c: what needs the payment provider. `succeeded` replies. */
void request_operation(struct api_request *request, const struct operation_request *wanted,
                       void (*succeeded)(struct api_request *request,
                                         const struct operation_result *result));

/* usage.c, usage_series.c */
void usage_show(struct api_request *request);
void usage_live(struct api_request *request); /* usage_live.c */
void usage_sources(struct api_request *request);
void usage_tail(struct api_request *request);       /* usage_tail.c */
void usage_test_event(struct api_request *request); /* the same */
void usage_points(struct api_request *request);
void usage_enforcement(struct api_request *request);
void reply_usage_series(struct api_request *request);
extern const struct shape usage_shape, usage_query_shape, series_shape, sources_shape,
    usage_points_shape, usage_enforcement_shape, usage_seen_shape, usage_test_query_shape;

/* events.c */
void events_post(struct api_request *request);
extern const struct shape backfill_query_shape;
extern const struct route_media events_media[];
extern const char usage_data_schema[]; /* of `data`, a component of the description */
extern const struct shape ingest_shape;

/* take.c, gate.c */
void take_post(struct api_request *request);
void take_check_post(struct api_request *request);
void take_release_post(struct api_request *request);
void gate_ask(struct api_request *request);
extern const struct shape take_shape, check_shape, release_shape;

/* leases.c */
void leases_exchange(struct api_request *request);
void leases_list(struct api_request *request);
extern const struct shape lease_exchange_shape, lease_answers_shape;
extern const struct shape leases_query_shape, leases_shape;

/* entitlements.c */
void entitlements_get(struct api_request *request);
extern const struct shape entitlements_query_shape, entitlements_shape;

/* billing_events.c */
void billing_events_list(struct api_request *request);
extern const struct shape billing_events_shape;

/* customers.c */
/* Whether the request's customer exists; replies when not. For lists, which would just be empty. */
bool has_customer(struct api_request *request);
void customers_create(struct api_request *request);
void customers_get(struct api_request *request);
extern const struct shape customer_preferences_shape;
void customers_prefer(struct api_request *request);
void customers_list(struct api_request *request);
extern const struct shape customer_create_shape, customer_shape, customers_shape;

/* webhooks.c */
void webhooks_receive(struct api_request *request);
extern const struct route_media webhooks_media[];
extern const struct shape received_shape;

/* session.c, portal_sessions.c */
void session_sign_in(struct api_request *request);
void session_show(struct api_request *request);
void session_sign_out(struct api_request *request);
void portal_sessions_create(struct api_request *request);
void reply_portal_link(struct api_request *request, const char *token, struct instant expires_at);
extern const struct shape session_shape, portal_session_create_shape, portal_session_shape;

/* keys.c */
void keys_create(struct api_request *request);
void keys_list(struct api_request *request);
void keys_revoke(struct api_request *request);
void keys_rotate(struct api_request *request);
extern const struct shape key_create_shape, key_rotate_shape, key_shape, keys_shape;

/* test.c */
void test_clock_get(struct api_request *request);
void test_clock_advance(struct api_request *request);
void test_sandbox_get(struct api_request *request);
extern const struct shape clock_shape, clock_advance_shape, sandbox_shape;

/* health.c */
void health_live(struct api_request *request);
void health_ready(struct api_request *request);
void health_metrics(struct api_request *request);
void openapi_get(struct api_request *request);
extern const struct shape health_shape;
extern const struct shape readiness_shape;

/* pages.c */
void pages_home(struct api_request *request);
void pages_document(struct api_request *request);
void pages_asset(struct api_request *request);
void pages_card_form(struct api_request *request);

/* accessibility.c, pay_page.c */
void accessibility_page(struct api_request *request);
void pay_page(struct api_request *request);

/* outbox.c */
void outbox_list(struct api_request *request);
void outbox_show(struct api_request *request);
void outbox_retry_mail(struct api_request *request);
extern const struct shape outbox_query_shape, outbox_shape, mail_shape;

/* suppressions.c, unsubscribe.c */
void suppressions_list(struct api_request *request);
void suppressions_delete(struct api_request *request);
extern const struct shape suppressions_shape;
void unsubscribe_ask(struct api_request *request);
void unsubscribe_do(struct api_request *request);
extern const struct route_media unsubscribe_media[];

/* reports.c */
void reports_csp(struct api_request *request);
extern const struct route_media reports_media[];

#endif
