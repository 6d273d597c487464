/* Many takes, checks or releases in one request (take_batch.c). */
#ifndef API_TAKE_BATCH_H
#define API_TAKE_BATCH_H

#include "api/request.h"

void take_check_batch(struct api_request *request);
void take_batch_post(struct api_request *request);
void take_release_batch(struct api_request *request);
extern const struct route_media check_batch_media[], take_batch_media[], release_batch_media[];
extern const struct shape take_batch_shape;
enum { TAKE_BATCH_BODY = 512 * 1024 }; /* bytes of a thousand items with the longest texts */

#endif
