/* A page of a list as CSV, for who asks for `Accept: text/csv`: the same rows and columns as the
 * JSON has, from the same shape. An amount of money is three columns: NAME.minor (whole minor
 * units, as the JSON has it), NAME.amount (with the currency's digits) and NAME.currency. The next
 * page is named by a field Link with rel="next" (RFC 8288). */
#ifndef API_LIST_CSV_H
#define API_LIST_CSV_H

#include "api/request.h"

/* Whether answers of that shape are lists. */
bool list_csv_has(const struct shape *shape);
bool list_csv_is_wanted(const struct api_request *request, const struct shape *shape);
/* `page`: of a shape that list_csv_has(). */
void list_csv_reply(struct api_request *request, const struct shape *shape, const void *page);
/* Lines that are there already; a cursor that is empty names no next page. */
void list_csv_send(struct api_request *request, struct str text, struct str cursor);

#endif
