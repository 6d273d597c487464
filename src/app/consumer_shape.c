#include "app/consumer_shape.h"

#include <string.h>

#include "core/catalogue.h"

static const char *const consent_words[] = {"recorded", "required", NULL};
static const char *const tier_words[] = {"starter", "professional", "enterprise", NULL};

static const struct shape_field country_item = {
    .kind = SHAPE_CHARS, .min = 2, .max = 2, .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"};
static const struct shape_field tier_item = {.kind = SHAPE_ENUM, .names = tier_words};

#define AT(member) offsetof(struct withdrawal_entry, member)
static const struct shape_field withdrawal_fields[] = {
    {"countries",
     "Where consumers may withdraw from a purchase, ISO 3166-1 alpha-2; absent: the European "
     "Economic Area; none: nowhere",
     SHAPE_LIST, AT(countries), .max = CONSUMER_COUNTRIES_MAX, .item = &country_item,
     .item_size = sizeof(struct country), .flags = SHAPE_OPTIONAL, .is_set = AT(has_countries)},
    {"days", "For how many days after the day of the purchase; absent: 14", SHAPE_I64, AT(days),
     .min = 1, .max = CONSUMER_DAYS_MAX, .flags = SHAPE_OPTIONAL, .is_set = AT(has_days)},
    {"tiers", "From which plans; absent: from every paid one", SHAPE_LIST, AT(tiers), .min = 1,
     .max = TIER_COUNT, .item = &tier_item, .item_size = sizeof(int), .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_tiers)},
};
#undef AT
static const struct shape withdrawal_shape =
    SHAPE("CatalogueWithdrawal", "Who may withdraw from a purchase", struct withdrawal_entry,
          withdrawal_fields);

#define AT(member) offsetof(struct consumer_entry, member)
static const struct shape_field consumer_fields[] = {
    {"renewalConsent",
     "Whether people who are signed in must agree to the renewal before they buy or change a plan; "
     "recorded: it is kept when they do. Absent: recorded",
     SHAPE_ENUM, AT(renewal_consent), .names = consent_words, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_renewal_consent)},
    {"withdrawal", "Who may withdraw from a purchase", SHAPE_OBJECT, AT(withdrawal),
     .of = &withdrawal_shape, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape consumer_shape = SHAPE("CatalogueConsumer", "What is done for consumers",
                                          struct consumer_entry, consumer_fields);

static void set_countries(struct cx *cx, const struct withdrawal_entry *entry,
                          struct consumer_policy *policy, struct shape_errors *errors) {
    const struct country *items = entry->countries.items;
    policy->country_count = 0;
    for (size_t i = 0; i < entry->countries.count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (memcmp(items[i].code, items[k].code, sizeof items[i].code) == 0) {
                struct str path = arena_printf(cx->arena, "/consumer/withdrawal/countries/%zu", i);
                shape_error_add(errors, cx->arena, arena_cstr(cx->arena, path),
                                "each country once");
            }
        }
        policy->countries[policy->country_count++] = items[i];
    }
}

struct consumer_policy consumer_policy_of(struct cx *cx, const struct consumer_entry *entry,
                                          struct shape_errors *errors) {
    struct consumer_policy policy = consumer_policy_default();
    const struct withdrawal_entry *withdrawal = &entry->withdrawal;
    policy.needs_renewal_consent = entry->has_renewal_consent && entry->renewal_consent == 1;
    if (withdrawal->has_countries) {
        set_countries(cx, withdrawal, &policy, errors);
    }
    if (withdrawal->has_days) {
        policy.withdrawal_days = (int32_t)withdrawal->days;
    }
    if (withdrawal->has_tiers) {
        const int *tiers = withdrawal->tiers.items;
        policy.withdrawal_tiers = 0;
        for (size_t i = 0; i < withdrawal->tiers.count; i++) {
            policy.withdrawal_tiers |= 1U << (tiers[i] + TIER_STARTER);
        }
    }
    return policy;
}
