/* The handlers and shapes of what auditors ask for; as api/resources.h. */
#ifndef API_EVIDENCE_RESOURCES_H
#define API_EVIDENCE_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* evidence.c */
void evidence_create(struct api_request *request);
void evidence_packs_list(struct api_request *request);
void evidence_packs_get(struct api_request *request);
void evidence_packs_cancel(struct api_request *request);
void evidence_packs_file(struct api_request *request);
extern const struct shape evidence_in_shape, evidence_pack_shape, evidence_packs_shape;
extern const struct shape evidence_query_shape;

/* handled.c */
void backup_records_list(struct api_request *request);
void backup_records_create(struct api_request *request);
void alerts_handle(struct api_request *request);
extern const struct shape backup_record_shape, backup_record_in_shape, backup_records_shape;
extern const struct shape alert_handle_shape;

/* access_reviews.c */
void access_reviews_list(struct api_request *request);
void access_reviews_open(struct api_request *request);
void access_reviews_get(struct api_request *request);
void access_reviews_decide(struct api_request *request);
extern const struct shape access_review_shape, access_reviews_shape, access_decision_shape;

#endif
