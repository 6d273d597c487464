/* The handlers and shapes of feedback; as api/resources.h. */
#ifndef API_FEEDBACK_RESOURCES_H
#define API_FEEDBACK_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/feedback.h"

/* feedback.c: of customers */
void feedback_list(struct api_request *request);
void feedback_add(struct api_request *request);
void feedback_question(struct api_request *request);
void feedback_question_look(struct api_request *request);
void feedback_later(struct api_request *request);
extern const struct shape feedback_shape, feedback_page_shape, feedback_in_shape,
    feedback_question_shape;
/* The words of their enums. */
extern const char *const feedback_kind_names[],
    *const feedback_cause_names[], *const feedback_status_names[], *const feedback_reason_names[],
                                                                       *const feedback_band_names[];
/* An item of a list of themes. */
extern const struct shape_field feedback_theme_item;
/* "a b" as a list of struct str, in the arena. */
struct shape_list feedback_theme_list(struct arena *arena, struct str themes);

/* Without blanks and line breaks at either end. */
struct str feedback_trimmed(struct str text);

/* feedback_admin.c: of operators */
void feedback_admin_list(struct api_request *request);
void feedback_admin_tag(struct api_request *request);
void feedback_admin_reply(struct api_request *request);
void feedback_admin_close(struct api_request *request);
void feedback_admin_ask(struct api_request *request);
extern const struct shape feedback_record_shape, feedback_records_shape, feedback_query_shape,
    feedback_tag_shape, feedback_reply_shape, feedback_demand_shape, feedback_asked_shape;

/* feedback_roadmap.c */
void feedback_roadmap_put(struct api_request *request);
void feedback_roadmap_delete(struct api_request *request);
extern const struct shape feedback_roadmap_in_shape, feedback_roadmap_shape;
extern const char *const roadmap_status_names[];

/* feedback_report.c */
void feedback_report_scores(struct api_request *request);
void feedback_report_themes(struct api_request *request);
void feedback_report_reasons(struct api_request *request);
extern const struct shape feedback_scores_shape, feedback_scores_query_shape, feedback_themes_shape,
    feedback_span_query_shape, feedback_reasons_shape;

#endif
