/* The handlers and shapes of what people ask of what is kept of them; as api/resources.h. */
#ifndef API_PRIVACY_RESOURCES_H
#define API_PRIVACY_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/privacy.h"

/* privacy.c */
void privacy_show(struct api_request *request);
void privacy_set(struct api_request *request);
void privacy_export(struct api_request *request);
void privacy_export_cancel(struct api_request *request);
void privacy_file(struct api_request *request);
void me_privacy_show(struct api_request *request);
void me_privacy_set(struct api_request *request);
void me_export(struct api_request *request);
void me_export_cancel(struct api_request *request);
void me_file(struct api_request *request);
void privacy_set_restriction(struct api_request *request);
void me_privacy_set_restriction(struct api_request *request);
void customers_set_restriction(struct api_request *request);
extern const struct shape privacy_restriction_shape;
extern const struct shape privacy_shape, privacy_choices_shape, privacy_request_shape;

/* privacy_admin.c */
void privacy_requests_list(struct api_request *request);
void privacy_requests_get(struct api_request *request);
void customers_export(struct api_request *request);
void privacy_requests_file(struct api_request *request);
void privacy_requests_extend(struct api_request *request);
void privacy_requests_refuse(struct api_request *request);
extern const struct shape privacy_requests_shape, privacy_requests_query_shape;
extern const struct shape privacy_reason_shape;

/* erasure.c */
void privacy_erase(struct api_request *request);
void customers_erase(struct api_request *request);
void me_erase(struct api_request *request);
extern const struct shape erasure_in_shape;

/* erasure_certificate.c */
void privacy_requests_certificate(struct api_request *request);

/* A request as it is shown. */
struct privacy_request_out {
    struct str id, kind, status, sha256, user_id, decided_by, certificate, reason;
    struct str certificate_sha256;
    int64_t created_at, due_at, extended_at, finished_at, expires_at, size;
    bool has_finished, expires, is_yours, is_overdue, is_extended;
};
struct privacy_request_out privacy_request_out_of(const struct api_request *request,
                                                  const struct privacy_request_row *row);
/* `status` with the request as it stands, read again: what the command read of it ended with its
 * transaction. Or the problem. */
void reply_privacy_request(struct api_request *request, int status, enum outcome outcome,
                           struct str id);
/* Who asks, as requests have it: a person's id; empty for a machine. */
struct str privacy_asker(const struct api_request *request);
/* The file of the request in the path, when it is about this subject and for who asks. */
void reply_export_file(struct api_request *request, struct str subject);
/* Begins a file and answers 202. */
void reply_export(struct api_request *request, struct str user_id);

#endif
