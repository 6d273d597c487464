/* How many there are of what. Reads all rows: for the end of a simulation, not for a page. */
#ifndef STORE_CENSUS_H
#define STORE_CENSUS_H

#include "store/row.h"

struct census {
    int64_t customers;
    int64_t invoices, invoices_paid;
    int64_t attempts_failed;        /* to charge a payment method */
    int64_t cases, cases_recovered; /* of dunning, disputes apart; those whose invoice was paid */
    int64_t mails;
};
MUST_USE struct err census_read(struct tx *tx, struct census *ret_census);

#endif
