/* The handlers and shapes of files of a year's invoices; as api/resources.h. */
#ifndef API_INVOICE_ARCHIVES_H
#define API_INVOICE_ARCHIVES_H

#include "api/request.h"
#include "api/shapes.h"

void invoice_archives_list(struct api_request *request);
void invoice_archives_create(struct api_request *request);
void invoice_archives_get(struct api_request *request);
void invoice_archives_cancel(struct api_request *request);
void invoice_archives_file(struct api_request *request);
extern const struct shape invoice_archive_shape, invoice_archives_shape, invoice_archive_in_shape;

#endif
