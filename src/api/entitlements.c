/* GET /api/entitlements: what a customer may do now, for the platform's own switches. */
#include "api/resources.h"

#include <string.h>

#include "app/adoption.h"
#include "app/subscription.h"

struct entitlements_query {
    struct str user_id, feature;
};

static const struct shape_field query_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = offsetof(struct entitlements_query, user_id),
     .min = 1, .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN},
    {"feature", "What they want to use, by name: so it is known what is used, and what is missed",
     SHAPE_STR, .offset = offsetof(struct entitlements_query, feature), .min = 1,
     .max = CATALOGUE_NAME_SIZE - 1, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
};
const struct shape entitlements_query_shape =
    SHAPE("EntitlementsQuery", "Whose", struct entitlements_query, query_fields);

struct entitlements_out {
    struct str user_id, access;
    int tier, entitled_tier;
    struct limit limits[METRIC_COUNT];
    struct features_view features;
};

#define AT(member) offsetof(struct entitlements_out, member)
static const struct shape_field entitlements_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"tier", "The plan that is subscribed", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"access", "full, restricted or none", SHAPE_STR, .offset = AT(access), .max = 16},
    {"entitledTier", "Whose limits hold: free while access is not full", SHAPE_ENUM,
     .offset = AT(entitled_tier), .names = tier_names},
    {"limits", "By metric", SHAPE_OBJECT, .offset = AT(limits), .of = &limits_shape},
    {"features", "By name", SHAPE_CUSTOM, .offset = AT(features), .custom = &features_custom},
};
#undef AT
const struct shape entitlements_shape = SHAPE("Entitlements", "What a customer may do now",
                                              struct entitlements_out, entitlements_fields);

/* False when it replied. */
static bool read_feature(struct api_request *request, struct str name,
                         struct feature_set *ret_feature) {
    struct shape_errors errors = {.count = 0};
    if (name.len == 0 || catalogue_feature(request->api->app->catalogue, name, ret_feature)) {
        return true;
    }
    shape_error_add(&errors, request->arena, "/feature", "a feature that the catalogue has");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

void entitlements_get(struct api_request *request) {
    const struct entitlements_query *query = request->query;
    struct app *app = request->api->app;
    struct feature_set feature = {0};
    if (!read_feature(request, query->feature, &feature)) {
        return;
    }
    struct tx tx = request_read(request);
    struct subscription_view view;
    bool is_found = false;
    if (reply_if_failed(request,
                        subscription_view_read(app, &tx, query->user_id, &view, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    struct entitlements_out out = {
        .user_id = query->user_id,
        .access = str_from_cstr(access_name(view.access)),
        .tier = view.row.tier,
        .entitled_tier = (int)view.entitlements.tier,
        .features = {app->catalogue, view.entitlements.features},
    };
    memcpy(out.limits, view.entitlements.limits, sizeof out.limits);
    if (query->feature.len > 0) {
        adoption_hear_feature(app, query->user_id, query->feature,
                              feature_set_has(view.entitlements.features, feature));
    }
    reply_value(request, 200, &entitlements_shape, &out);
}
