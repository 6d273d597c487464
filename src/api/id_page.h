/* Lists whose rows have ids that grow with time: the newest first, and a page ends with the id of
 * its last row. */
#ifndef API_ID_PAGE_H
#define API_ID_PAGE_H

#include "api/request.h"
#include "api/shapes.h"

struct id_list {
    const struct shape *shape; /* of the answer: a struct page */
    size_t row_size, id_at;    /* of the rows: where the struct record_id lies */
    size_t out_size;
    /* Those of a customer (empty: everybody's) before an id (empty: from the newest on). */
    struct err (*read)(struct tx *tx, struct str user_id, struct str before, size_t max,
                       struct row_list *ret_list);
    void (*show)(const void *row, void *ret_out);
};

void reply_id_page(struct api_request *request, const struct id_list *list,
                   const struct page_query *query, struct str user_id);
/* The same for operators, whose query is a struct consent_query. */
void reply_id_page_of_all(struct api_request *request, const struct id_list *list);

#endif
