/* GET /api/admin/settings: how the program was set up. GET /api/admin/roles: who may what. Both are
 * printed from the tables by which the program itself goes. */
#include "api/admin_resources.h"

#include "app/settings.h"

enum { TEXT_MAX = 200, VALUE_MAX = 4096, ROLES_MAX = ROLE_COUNT };

/* --- settings --- */

#define AT(member) offsetof(struct app_setting, member)
static const struct shape_field setting_fields[] = {
    {"name", "Of the option of turnpike serve", SHAPE_STR, .offset = AT(name), .max = 64},
    {"value", "That holds; null: nothing is set, or it is a secret", SHAPE_STR, .offset = AT(value),
     .max = VALUE_MAX, .flags = SHAPE_NULLABLE},
    {"source", "option, environment, default, or none", SHAPE_STR, .offset = AT(source), .max = 16},
    {"variable", "Of the environment, asked when the option is absent", SHAPE_STR,
     .offset = AT(variable), .max = 64, .flags = SHAPE_NULLABLE},
    {"fallback", "What holds when both are absent", SHAPE_STR, .offset = AT(fallback),
     .max = TEXT_MAX, .flags = SHAPE_NULLABLE},
    {"isSecret", "Its value, or what the environment has in its place, is not shown", SHAPE_BOOL,
     .offset = AT(is_secret)},
    {"doc", "What it does", SHAPE_STR, .offset = AT(doc), .max = 500},
};
#undef AT
static const struct shape setting_shape =
    SHAPE("Setting", "An option, and what holds", struct app_setting, setting_fields);
static const struct shape_field setting_item = {.kind = SHAPE_OBJECT, .of = &setting_shape};

struct list_out {
    struct shape_list data;
};
static const struct shape_field settings_fields[] = {
    {"data", "All, as turnpike serve --help has them", SHAPE_LIST,
     .offset = offsetof(struct list_out, data), .max = APP_SETTINGS_MAX, .item = &setting_item,
     .item_size = sizeof(struct app_setting)},
};
const struct shape settings_shape =
    SHAPE("Settings", "How the program was set up", struct list_out, settings_fields);

void settings_list(struct api_request *request) {
    struct app_settings *settings = request->api->app->settings;
    struct list_out out = {
        {settings == NULL ? NULL : settings->items, settings == NULL ? 0 : settings->count}};
    reply_value(request, 200, &settings_shape, &out);
}

/* --- roles --- */

struct permission_out {
    struct str permission, doc;
    bool writes;
    bool has[ROLES_MAX];
};

#define AT(member) offsetof(struct permission_out, member)
static const struct shape_field permission_fields[] = {
    {"permission", "A route asks for one", SHAPE_STR, .offset = AT(permission), .max = 32},
    {"doc", "What it allows", SHAPE_STR, .offset = AT(doc), .max = TEXT_MAX},
    {"writes", "It changes something", SHAPE_BOOL, .offset = AT(writes)},
    {"owner", "Of a customer", SHAPE_BOOL, .offset = AT(has[ROLE_OWNER])},
    {"billingAdmin", "Of a customer", SHAPE_BOOL, .offset = AT(has[ROLE_BILLING_ADMIN])},
    {"viewer", "Of a customer", SHAPE_BOOL, .offset = AT(has[ROLE_VIEWER])},
    {"admin", "An operator", SHAPE_BOOL, .offset = AT(has[ROLE_ADMIN])},
    {"finance", "An operator", SHAPE_BOOL, .offset = AT(has[ROLE_FINANCE])},
    {"support", "An operator", SHAPE_BOOL, .offset = AT(has[ROLE_SUPPORT])},
    {"auditor", "An operator", SHAPE_BOOL, .offset = AT(has[ROLE_AUDITOR])},
};
#undef AT
static_assert(ARRAY_LEN(permission_fields) == 3 + ROLE_COUNT - 1, "a column for each role");
static const struct shape permission_shape =
    SHAPE("RolePermission", "Who has a permission", struct permission_out, permission_fields);
static const struct shape_field permission_item = {.kind = SHAPE_OBJECT, .of = &permission_shape};
static const struct shape_field roles_fields[] = {
    {"data", "All permissions", SHAPE_LIST, .offset = offsetof(struct list_out, data),
     .max = PERMISSION_COUNT, .item = &permission_item, .item_size = sizeof(struct permission_out)},
};
const struct shape roles_shape = SHAPE("Roles", "Who may what", struct list_out, roles_fields);

void roles_list(struct api_request *request) {
    struct permission_out rows[PERMISSION_COUNT];
    size_t count = 0;
    for (enum permission each = PERMISSION_NONE + 1; each < PERMISSION_COUNT; each++) {
        struct permission_out *row = &rows[count++];
        *row = (struct permission_out){
            .permission = str_from_cstr(permission_name(each)),
            .doc = str_from_cstr(permission_doc(each)),
            .writes = permission_writes(each),
        };
        for (enum role role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
            row->has[role] = role_may(role, each);
        }
    }
    struct list_out out = {{rows, count}};
    reply_value(request, 200, &roles_shape, &out);
}
