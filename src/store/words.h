/* The words of core's enums as columns hold them. */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include "store/row.h"

extern const struct column_words words_tier;
extern const struct column_words words_interval;
extern const struct column_words words_metric;
extern const struct column_words words_subscription_status;
extern const struct column_words words_invoice_status;
extern const struct column_words words_lease_state;
extern const struct column_words words_role;
extern const struct column_words words_session_kind;
extern const struct column_words words_link_purpose;
extern const struct column_words words_usage_alert_basis;
extern const struct column_words words_revenue_kind;
extern const struct column_words words_revenue_reason;
extern const struct column_words words_revenue_place;
extern const struct column_words words_revenue_ahead;

#endif
