/* The handlers and shapes of customers and their subscriptions as operators see them, one and all;
 * as api/resources.h. */
#ifndef API_CUSTOMER_RESOURCES_H
#define API_CUSTOMER_RESOURCES_H

#include "api/request.h"
#include "api/revenue_resources.h"
#include "api/shapes.h"
#include "app/customer_list.h"

/* customer_search.c: a customer in a line */
struct customer_line_out {
    struct str user_id, name, country, owner_id, owner_name;
    int tier, interval, status, access, health;
    bool has_interval;
    struct money mrr;
    bool has_mrr, is_parked, is_ending;
    int64_t past_due_since, trial_ends_at, created_at;
    bool is_past_due, is_trial, has_usage;
    int usage_metric;
    int64_t usage_percent;
};
struct customer_line_out customer_line_out_of(struct api_request *request,
                                              const struct customer_line *line);
extern const struct shape customer_line_shape;

/* customer_detail.c */
void customers_detail(struct api_request *request);
extern const struct shape customer_detail_shape;

/* customer_acts.c; the last in change.c */
bool customer_act_only_asks(const struct api_request *request);
void invoice_mail_post(struct api_request *request);
void trial_extend(struct api_request *request);
void subscription_change_for(struct api_request *request);
extern const struct shape customer_act_query_shape, invoice_mail_in_shape, invoice_mail_shape;
extern const struct shape trial_extend_shape, trial_preview_shape, change_for_shape,
    preview_for_shape;

/* pauses.c */
void subscription_pause_for(struct api_request *request);
void subscription_resume_for(struct api_request *request);
void subscription_pause_own(struct api_request *request);
void subscription_resume_own(struct api_request *request);
extern const struct shape pause_for_shape, resume_for_shape, pause_own_shape, pause_preview_shape;

/* timeline.c */
void customers_timeline(struct api_request *request);
extern const struct shape timeline_query_shape, timeline_shape;

/* customer_notes.c */
void customer_notes_list(struct api_request *request);
void customer_notes_add(struct api_request *request);
extern const struct shape customer_note_shape, customer_notes_shape, customer_note_in_shape;

/* saved_views.c */
void saved_views_list(struct api_request *request);
void saved_views_create(struct api_request *request);
void saved_views_change(struct api_request *request);
void saved_views_drop(struct api_request *request);
extern const struct shape saved_view_shape, saved_views_shape, saved_view_in_shape;
extern const struct shape customer_filter_shape;

/* customer_owner.c */
void customers_set_owner(struct api_request *request);
void customers_drop_owner(struct api_request *request);
extern const struct shape customer_owner_in_shape;

/* lifecycle.c */
void lifecycle_list(struct api_request *request);
void lifecycle_board_get(struct api_request *request);
extern const struct shape lifecycle_query_shape, lifecycle_rows_shape;
extern const struct shape lifecycle_board_query_shape, lifecycle_board_shape;

/* today.c */
void today_get(struct api_request *request);
extern const struct shape today_shape;

#endif
