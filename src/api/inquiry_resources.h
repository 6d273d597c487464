/* The handlers and shapes of inquiries: contract requests of who is no customer yet. */
#ifndef API_INQUIRY_RESOURCES_H
#define API_INQUIRY_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"

/* inquiries.c */
void inquiries_make(struct api_request *request);
extern const struct shape inquiry_make_shape, inquiry_made_shape;

/* inquiry_admin.c */
void inquiry_admin_list(struct api_request *request);
void inquiry_admin_get(struct api_request *request);
void inquiry_admin_attach(struct api_request *request);
void inquiry_admin_close(struct api_request *request);
extern const struct shape inquiry_shape, inquiry_page_shape, inquiry_query_shape;
extern const struct shape inquiry_attach_shape, inquiry_close_shape;

/* What both know of them. */
enum { INQUIRY_TEXT_MAX = 2000, INQUIRY_ID_MAX = LIMIT_RECORD_ID };

#endif
