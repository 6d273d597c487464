/* What was answered to a take with an id, as its record in the journal carries it: the facts, from
 * which the same bytes are made again, in a fifth of their room. What the figures are as of is not
 * among them: it is the record's own time. */
#ifndef APP_TAKE_FACTS_H
#define APP_TAKE_FACTS_H

#include "app/take.h"
#include "gate/journal_record.h"

struct take_facts {
    struct quantity asked;
    struct take_answer answer; /* its texts are borrowed; without as_of */
};
/* Into RECORD_FACTS_MAX bytes; how many it took. */
size_t take_facts_code(const struct take_facts *facts, char *ret_bytes);
/* ERR_CORRUPT for anything that take_facts_code() would not have written. */
MUST_USE struct err take_facts_read(struct str bytes, struct take_facts *ret_facts);

#endif
