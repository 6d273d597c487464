/* How long it took until access was gone: of each person who was removed, and of each key or role
 * that a review of access took away; and over all of them. */
#ifndef APP_EVIDENCE_REVOKED_H
#define APP_EVIDENCE_REVOKED_H

#include "app/evidence.h"

/* As struct evidence_source reads. */
MUST_USE struct err evidence_read_revoked(struct evidence_reading *reading,
                                          struct row_list *ret_list);
MUST_USE struct err evidence_read_time_to_revoke(struct evidence_reading *reading,
                                                 struct row_list *ret_list);

#endif
