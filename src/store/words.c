#include "store/words.h"

#include "core/catalogue.h"
#include "core/invoice.h"
#include "core/lease.h"
#include "core/metric.h"
#include "core/period.h"
#include "core/revenue_account.h"
#include "core/role.h"
#include "core/session.h"
#include "core/subscription.h"
#include "core/usage_alert.h"

static const char *tier_word(int value) {
    return tier_name((enum tier)value);
}

static const char *interval_word(int value) {
    return interval_name((enum interval)value);
}

static const char *metric_word(int value) {
    return metric_name((enum metric)value);
}

static const char *subscription_word(int value) {
    return subscription_status_name((enum subscription_status)value);
}

static const char *invoice_word(int value) {
    return invoice_status_name((enum invoice_status)value);
}

static const char *lease_word(int value) {
    return lease_state_name((enum lease_state)value);
}

static const char *role_word(int value) {
    return role_name((enum role)value);
}

static const char *session_kind_word(int value) {
    return session_kind_name((enum session_kind)value);
}

static const char *link_purpose_word(int value) {
    return link_purpose_name((enum link_purpose)value);
}

static const char *revenue_kind_word(int value) {
    return revenue_kind_name((enum revenue_kind)value);
}

static const char *revenue_reason_word(int value) {
    return revenue_reason_name((enum revenue_reason)value);
}

static const char *revenue_ahead_word(int value) {
    return revenue_ahead_name((enum revenue_ahead)value);
}

static const char *revenue_place_word(int value) {
    return revenue_place_name((enum revenue_place)value);
}

static const char *usage_alert_basis_word(int value) {
    return usage_alert_basis_name((enum usage_alert_basis)value);
}

const struct column_words words_tier = {tier_word, TIER_COUNT};
const struct column_words words_interval = {interval_word, INTERVAL_COUNT};
const struct column_words words_metric = {metric_word, METRIC_COUNT};
const struct column_words words_subscription_status = {subscription_word,
                                                       SUBSCRIPTION_STATUS_COUNT};
const struct column_words words_invoice_status = {invoice_word, INVOICE_STATUS_COUNT};
const struct column_words words_lease_state = {lease_word, LEASE_STATE_COUNT};
const struct column_words words_role = {role_word, ROLE_COUNT};
const struct column_words words_session_kind = {session_kind_word, SESSION_KIND_COUNT};
const struct column_words words_link_purpose = {link_purpose_word, LINK_PURPOSE_COUNT};
const struct column_words words_usage_alert_basis = {usage_alert_basis_word,
                                                     USAGE_ALERT_BASIS_COUNT};
const struct column_words words_revenue_kind = {revenue_kind_word, REVENUE_KIND_COUNT};
const struct column_words words_revenue_reason = {revenue_reason_word, REVENUE_REASON_COUNT};
const struct column_words words_revenue_ahead = {revenue_ahead_word, REVENUE_AHEAD_COUNT};
const struct column_words words_revenue_place = {revenue_place_word, REVENUE_PLACE_COUNT};
